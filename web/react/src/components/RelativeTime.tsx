import type { ReactNode } from "react";
import { useNow } from "./useNow.js";

export interface RelativeTimeProps {
  /** RFC 3339. */
  at: string;
  /** Of the words. Default: the page's. */
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

/** A time told relative to now, and kept current (row D5). The exact one is its title. */
export function RelativeTime({ at, locale, className }: RelativeTimeProps): ReactNode {
  const now = useNow(15_000);
  const language = locale ?? pageLanguage();
  return (
    // A server's words may be older, and in another zone.
    <time className={className} dateTime={at} title={new Date(at).toLocaleString(language)} suppressHydrationWarning>
      {relative(Date.parse(at), now, language)}
    </time>
  );
}

/** Such as `5 minutes ago`; below a minute `now`, because nobody counts the seconds. */
export function relative(at: number, now: number, locale?: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const seconds = Math.round((at - now) / 1000);
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return words.format(0, "second");
}

function pageLanguage(): string | undefined {
  const language = typeof document === "undefined" ? "" : document.documentElement.lang;
  return language === "" ? undefined : language;
}
