import { LOCALE } from "./locale";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
const dateTime = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
const timeOfDay = new Intl.DateTimeFormat(LOCALE, { timeStyle: "short" });
const date = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", year: "numeric" });
const weekdayDate = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "long" });
const shortDate = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });

/**
 * "3 minutes ago", "in 2 hours". Small differences are "just now", so that a local clock behind the server's never
 * shows a past event in the future.
 */
export function formatRelative(at: number, now: number): string {
  const distance = at - now;
  const size = Math.abs(distance);
  if (size < 45 * SECOND) return "just now";
  if (size < 59.5 * MINUTE) return relative.format(Math.round(distance / MINUTE), "minute");
  if (size < 22 * HOUR) return relative.format(Math.round(distance / HOUR), "hour");
  if (size < 7 * DAY) return relative.format(Math.round(distance / DAY), "day");
  return date.format(at);
}

export function formatDateTime(at: string | number): string {
  return dateTime.format(typeof at === "string" ? Date.parse(at) : at);
}

export function formatTime(at: string | number): string {
  return timeOfDay.format(typeof at === "string" ? Date.parse(at) : at);
}

export function formatDate(at: string | number): string {
  return date.format(typeof at === "string" ? Date.parse(at) : at);
}

/** "Today", "Tomorrow", "Fri 27 November". */
export function formatExpectedDay(at: number, now: number): string {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / DAY);
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  return weekdayDate.format(at);
}

function startOfDay(at: number): number {
  const date = new Date(at);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

/** Without the year, where there is little room. */
export function formatShortDate(at: string | number): string {
  return shortDate.format(typeof at === "string" ? Date.parse(at) : at);
}

export function isSameDay(one: number, other: number): boolean {
  return startOfDay(one) === startOfDay(other);
}
