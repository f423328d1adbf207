import type { ReactNode } from "react";
import { useNow } from "./useNow.js";

export interface RelativeTimeProps {
  /** RFC 3339. */
  at: string;
  /** Default: the page's language. */
  locale?: string;
  /** Formats the text. Default: `formatRelativeTime`. Both times are in milliseconds. */
  format?: (at: number, now: number) => string;
  /** The tooltip. Default: the exact time. */
  title?: string;
  className?: string | undefined;
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** A time relative to now, such as "5 minutes ago"; updates itself. */
export function RelativeTime({ at, locale, format, title, className }: RelativeTimeProps): ReactNode {
  const now = useNow();
  const language = locale ?? pageLanguage();
  const time = Date.parse(at);
  return (
    // The server may render an older text, in another time zone.
    <time
      className={className}
      dateTime={at}
      title={title ?? new Date(at).toLocaleString(language)}
      suppressHydrationWarning
    >
      {format ? format(time, now) : formatRelativeTime(time, now, language)}
    </time>
  );
}

const formatters = new Map<string | undefined, Intl.RelativeTimeFormat>();

/** "5 minutes ago", in the largest unit that fits; "now" below a minute. */
export function formatRelativeTime(at: number, now: number, locale?: string): string {
  let formatter = formatters.get(locale);
  if (!formatter) formatters.set(locale, (formatter = new Intl.RelativeTimeFormat(locale, { numeric: "auto" })));
  const seconds = Math.round((at - now) / 1000);
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return formatter.format(Math.round(seconds / length), unit);
  }
  return formatter.format(0, "second");
}

function pageLanguage(): string | undefined {
  const language = typeof document === "undefined" ? "" : document.documentElement.lang;
  return language === "" ? undefined : language;
}
