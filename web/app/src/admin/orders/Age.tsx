import { useNow } from "@ordercast/react";

import { timesIn } from "../../time/times";
import { LOCALE } from "../../ui/locale";

const MINUTE = 60_000;

const short = (unit: "minute" | "hour" | "day") =>
  new Intl.NumberFormat(LOCALE, { style: "unit", unit, unitDisplay: "short" });
const minutes = short("minute");
const hours = short("hour");
const days = short("day");

/** "4 min", "3 hr", "12 days": short enough for a table column. */
export function formatAge(ms: number): string {
  const integer = Math.max(0, Math.floor(ms / MINUTE));
  if (integer < 1) return "now";
  if (integer < 60) return minutes.format(integer);
  if (integer < 48 * 60) return hours.format(Math.floor(integer / 60));
  return days.format(Math.floor(integer / 1_440));
}

/** Date and time in the store's time zone. */
export function formatInStore(at: string | number, timeZone: string): string {
  return timesIn(timeZone).dateTime(at);
}

/**
 * How long ago; updates itself. The time zone is passed in, because the table has one of these per row, and each `useConfig`
 * is a subscription.
 */
export function AgeIn({ at, timeZone, className }: { at: string; timeZone: string; className?: string | undefined }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatInStore(at, timeZone)} className={className}>
      {formatAge(now - Date.parse(at))}
    </time>
  );
}
