import type { ReactNode } from "react";
import { useNow } from "./useNow.js";

export interface RelativeTimeProps {
  /** RFC 3339. */
  at: string;
  /** The language of the text. Default: the page's language. */
  locale?: string;
  className?: string;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** A time relative to now, kept current. Its title is the exact time. */
export function RelativeTime({ at, locale, className }: RelativeTimeProps): ReactNode {
  const now = useNow(15_000);
  const language = locale ?? pageLanguage();
  return (
    // A server renders the text earlier, and in another time zone.
    <time className={className} dateTime={at} title={new Date(at).toLocaleString(language)} suppressHydrationWarning>
      {relative(Date.parse(at), now, language)}
    </time>
  );
}

/** Such as `5 minutes ago`; `now` below one minute. */
export function relative(at: number, now: number, locale?: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const seconds = Math.round((at - now) / 1000);
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}

function pageLanguage(): string | undefined {
  const language = typeof document === "undefined" ? "" : document.documentElement.lang;
  return language === "" ? undefined : language;
}
