import { formatRelativeTime } from "@ordercast/react";

import { LOCALE } from "./locale";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

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
  const distance = Math.abs(at - now);
  if (distance < MINUTE) return "just now";
  return distance < 7 * DAY ? formatRelativeTime(at, now, LOCALE) : date.format(at);
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
