// How the pages tell the time: in the store's zone, with calendar days of that zone.

import { LOCALE } from "../ui/locale";
import { dateIn, offsetAt } from "./zone";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An instant, in RFC 3339 or in milliseconds since 1970. */
export type Instant = string | number;

/** Formats instants in one time zone. Where the reader's clock shows another time, times name the zone. */
export interface Times {
  readonly timeZone: string;
  /** "1 Dec 2026, 12:03", or "1 Dec 2026, 12:03 CET". */
  dateTime: (at: Instant) => string;
  /** "12:03". */
  time: (at: Instant) => string;
  /** "CET" if the reader's clock shows another time, otherwise "". */
  zone: (at: Instant) => string;
  /** "12:03:04.123", for logs. */
  preciseTime: (at: Instant) => string;
  /** "1 Dec". */
  shortDate: (at: Instant) => string;
  /** "Today", "Tomorrow", "Fri 27 November". */
  day: (at: Instant, now: number) => string;
  isSameDay: (one: Instant, other: Instant) => boolean;
  /** "3 minutes ago", "yesterday", "in 2 hours". Small differences are "just now": local clocks differ. */
  relative: (at: Instant, now: number) => string;
  /** Relative and absolute: "3 minutes ago, 12:03"; "2 days ago, 29 Nov, 14:10". */
  moment: (at: Instant, now: number) => string;
}

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const known = new Map<string, Times>();

/** `readerZone`: the zone of the reader's clock. */
export function timesIn(timeZone: string, readerZone = Intl.DateTimeFormat().resolvedOptions().timeZone): Times {
  const key = `${timeZone} ${readerZone}`;
  let times = known.get(key);
  if (!times) known.set(key, (times = createTimes(timeZone, readerZone)));
  return times;
}

function createTimes(timeZone: string, readerZone: string): Times {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone });
    return (at: Instant) => formatter.format(millis(at));
  };
  const clock = format({ timeStyle: "short" });
  const date = format({ day: "numeric", month: "short", year: "numeric" });
  const fullDate = format({ dateStyle: "medium", timeStyle: "short" });
  const weekday = format({ weekday: "short", day: "numeric", month: "long" });
  const shortDate = format({ day: "numeric", month: "short" });
  const preciseTime = format({
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    hourCycle: "h23",
  });
  const zoneName = new Intl.DateTimeFormat(LOCALE, { timeZone, timeZoneName: "short" });

  /** " CET" where the reader's clock differs from the store's, otherwise nothing. */
  const zone = (at: Instant) => {
    if (offsetAt(millis(at), timeZone) === offsetAt(millis(at), readerZone)) return "";
    return ` ${zoneName.formatToParts(millis(at)).find(({ type }) => type === "timeZoneName")?.value ?? timeZone}`;
  };
  const time = (at: Instant) => clock(at) + zone(at);
  const dateTime = (at: Instant) => fullDate(at) + zone(at);
  const startOfDay = (at: Instant) => Date.parse(dateIn(timeZone, millis(at)));
  const daysBetween = (at: Instant, now: number) => Math.round((startOfDay(at) - startOfDay(now)) / DAY);

  function formatRelative(at: Instant, now: number): string {
    const signed = millis(at) - now;
    const distance = Math.abs(signed);
    const days = daysBetween(at, now);
    if (distance < MINUTE) return "just now";
    if (distance < HOUR) return relative.format(Math.trunc(signed / MINUTE), "minute");
    if (days === 0 || distance < 6 * HOUR) return relative.format(Math.trunc(signed / HOUR), "hour");
    return Math.abs(days) < 7 ? relative.format(days, "day") : date(at);
  }

  return {
    timeZone,
    dateTime,
    time,
    zone: (at) => zone(at).trim(),
    preciseTime,
    shortDate,
    day(at, now) {
      const days = daysBetween(at, now);
      if (days === 0) return "Today";
      if (days === 1) return "Tomorrow";
      return days === -1 ? "Yesterday" : weekday(at);
    },
    isSameDay: (one, other) => startOfDay(one) === startOfDay(other),
    relative: formatRelative,
    moment(at, now) {
      const days = Math.abs(daysBetween(at, now));
      if (days >= 7) return dateTime(at);
      return `${formatRelative(at, now)}, ${days > 1 ? `${shortDate(at)}, ${time(at)}` : time(at)}`;
    },
  };
}

function millis(at: Instant): number {
  return typeof at === "string" ? Date.parse(at) : at;
}
