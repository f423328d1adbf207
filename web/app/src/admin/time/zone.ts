// Days and clock times as the store's own clock shows them, wherever the person at the screen is. `Intl` knows the
// zones; only the way back, from a wall clock to an instant, has to be searched for.

interface Wall {
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

function wallAt(instant: number, timeZone: string): Wall {
  const wall: Wall = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (const part of format(timeZone).formatToParts(instant)) {
    if (part.type in wall) wall[part.type as keyof Wall] = Number(part.value);
  }
  return wall;
}

function asUtc(wall: Wall): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** How far the zone's wall clock is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  return asUtc(wallAt(instant, timeZone)) - Math.floor(instant / 1000) * 1000;
}

/**
 * The instant at which the zone's clock shows this. Of an hour that comes twice the first is meant; a time that a clock
 * skips is read as if it had not been put forward yet, which is what people mean who did not think of it.
 */
function instantOf(wall: Wall, timeZone: string): number {
  const wanted = asUtc(wall);
  const before = wanted - offsetAt(wanted - 86_400_000, timeZone);
  if (asUtc(wallAt(before, timeZone)) === wanted) return before;
  const after = wanted - offsetAt(wanted + 86_400_000, timeZone);
  return asUtc(wallAt(after, timeZone)) === wanted ? after : before;
}

const two = (n: number) => String(n).padStart(2, "0");

/** `2026-11-21`: the store's date at an instant. */
export function dateIn(timeZone: string, instant: number): string {
  const wall = wallAt(instant, timeZone);
  return `${String(wall.year).padStart(4, "0")}-${two(wall.month)}-${two(wall.day)}`;
}

/** `2026-11-21T14:30`: what an `<input type="datetime-local">` shows for an instant. */
export function wallClock(timeZone: string, instant: number): string {
  const wall = wallAt(instant, timeZone);
  return `${dateIn(timeZone, instant)}T${two(wall.hour)}:${two(wall.minute)}`;
}

/** The instant of `2026-11-21T14:30` or `2026-11-21` (its midnight) on the store's clock; none when it is no such text. */
export function instantIn(timeZone: string, text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const wall: Wall = {
    year: year ?? 0,
    month: month ?? 1,
    day: day ?? 1,
    hour: hour ?? 0,
    minute: minute ?? 0,
    second: second ?? 0,
  };
  const there = new Date(asUtc(wall));
  const real = there.getUTCMonth() + 1 === wall.month && there.getUTCDate() === wall.day && wall.hour < 24;
  return real && wall.minute < 60 ? instantOf(wall, timeZone) : undefined;
}

/** The store's midnight, some days after (or before) the day of an instant. */
export function midnight(timeZone: string, instant: number, days = 0): number {
  const wall = wallAt(instant, timeZone);
  const day = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days));
  return instantOf(
    { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate(), hour: 0, minute: 0, second: 0 },
    timeZone,
  );
}

/** The hour of the store's day, 0 to 23, in which an instant lies. */
export function hourIn(timeZone: string, instant: number): number {
  return wallAt(instant, timeZone).hour;
}
