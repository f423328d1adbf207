import { LOCALE } from "./locale";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(LOCALE, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "long" });
const shortDay = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });

/** How long ago, or how long until. A clock that runs a little behind the server's never says "in 2 seconds" of the past. */
export function formatRelative(at: number, now: number): string {
  const distance = at - now;
  const size = Math.abs(distance);
  if (size < 45 * SECOND) return "just now";
  if (size < 59.5 * MINUTE) return relative.format(Math.round(distance / MINUTE), "minute");
  if (size < 22 * HOUR) return relative.format(Math.round(distance / HOUR), "hour");
  if (size < 7 * DAY) return relative.format(Math.round(distance / DAY), "day");
  return day.format(at);
}

/** Day and time. */
export function formatMoment(at: string | number): string {
  return moment.format(typeof at === "string" ? Date.parse(at) : at);
}

/** The time of day. */
export function formatClock(at: string | number): string {
  return clock.format(typeof at === "string" ? Date.parse(at) : at);
}

/** The day alone. */
export function formatDay(at: string | number): string {
  return day.format(typeof at === "string" ? Date.parse(at) : at);
}

/** An expected day, as people say it: "Today", "Tomorrow", "Fri 27 November". */
export function formatExpectedDay(at: number, now: number): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY);
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  return weekday.format(at);
}

function startOfDay(at: number): number {
  const date = new Date(at);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

/** The day without its year, where there is little room. */
export function formatShortDay(at: string | number): string {
  return shortDay.format(typeof at === "string" ? Date.parse(at) : at);
}

export function isSameDay(one: number, other: number): boolean {
  return startOfDay(one) === startOfDay(other);
}
