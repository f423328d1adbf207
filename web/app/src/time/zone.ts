// Dates and times in the store's time zone. `Intl` converts an instant to wall-clock time; the reverse has to be
// searched for.

interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timeZone: string): Intl.DateTimeFormat {
  let known = formats.get(timeZone);
  if (!known) {
    known = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(timeZone, known);
  }
  return known;
}

function wallAt(instant: number, timeZone: string): WallClock {
  const wall: WallClock = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (const part of format(timeZone).formatToParts(instant)) {
    if (part.type in wall) wall[part.type as keyof WallClock] = Number(part.value);
  }
  return wall;
}

function asUtc(wall: WallClock): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** The zone's offset from UTC at an instant, in milliseconds. */
export function offsetAt(instant: number, timeZone: string): number {
  return asUtc(wallAt(instant, timeZone)) - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant of a wall-clock time. For a time that occurs twice, the first. For a time that is skipped, the instant as
 * if the clock had not been put forward.
 */
function instantOf(wall: WallClock, timeZone: string): number {
  const target = asUtc(wall);
  const before = target - offsetAt(target - 86_400_000, timeZone);
  if (asUtc(wallAt(before, timeZone)) === target) return before;
  const after = target - offsetAt(target + 86_400_000, timeZone);
  return asUtc(wallAt(after, timeZone)) === target ? after : before;
}

const pad2 = (n: number) => String(n).padStart(2, "0");

/** `2026-11-21`: the date in the store's time zone. */
export function dateIn(timeZone: string, instant: number): string {
  const wall = wallAt(instant, timeZone);
  return `${String(wall.year).padStart(4, "0")}-${pad2(wall.month)}-${pad2(wall.day)}`;
}

/** `2026-11-21T14:30`: the value of an `<input type="datetime-local">`. */
export function wallClock(timeZone: string, instant: number): string {
  const wall = wallAt(instant, timeZone);
  return `${dateIn(timeZone, instant)}T${pad2(wall.hour)}:${pad2(wall.minute)}`;
}

/**
 * The instant of `2026-11-21T14:30` or `2026-11-21` (midnight) in the store's time zone; undefined for any other text.
 */
export function instantAt(timeZone: string, text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const wall: WallClock = {
    year: year ?? 0,
    month: month ?? 1,
    day: day ?? 1,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0,
  };
  const date = new Date(asUtc(wall));
  const isRealDate = date.getUTCMonth() + 1 === wall.month && date.getUTCDate() === wall.day && wall.hour < 24;
  return isRealDate && wall.minute < 60 ? instantOf(wall, timeZone) : undefined;
}

/** Midnight in the store's time zone, `days` days after the day of an instant. */
export function midnight(timeZone: string, instant: number, days = 0): number {
  const wall = wallAt(instant, timeZone);
  const day = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days));
  return instantOf(
    { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate(), hour: 0, minute: 0, second: 0 },
    timeZone,
  );
}

/** The hour of the store's day, 0 to 23. */
export function hourIn(timeZone: string, instant: number): number {
  return wallAt(instant, timeZone).hour;
}
