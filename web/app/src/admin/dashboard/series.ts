// Turns the server's counts into the bars of the charts.

import { LOCALE } from "../../ui/locale";
import { dateIn, hourIn, midnight } from "../../time/zone";

interface Money {
  amount: number;
  currency: string;
}

export interface SeriesPoint {
  at: string;
  orders: number;
  cancelled: number;
  delivered: number;
  revenue: readonly Money[];
}

export interface Bar {
  /** Unique within the chart. */
  key: string;
  /** The label below the axis. */
  label: string;
  /** The full description, shown in the tooltip and in the table. */
  title: string;
  value: number;
  /** The value of the same hour in the previous period. */
  before?: number;
}

const HOUR = 3_600_000;

const hourFormat = (timeZone: string) =>
  new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
const dayFormat = (timeZone: string) => new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone });
const longDayFormat = (timeZone: string) =>
  new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", timeZone });

/** Orders for each hour of the store's day, with those of the same hour yesterday. An hour without orders is 0. */
export function hoursOfToday(points: readonly SeriesPoint[], now: number, timeZone: string): Bar[] {
  const [today, yesterday] = [dateIn(timeZone, now), dateIn(timeZone, midnight(timeZone, now, -1))];
  const counts = { [today]: new Map<number, number>(), [yesterday]: new Map<number, number>() };
  for (const point of points) {
    const at = Date.parse(point.at);
    const hours = counts[dateIn(timeZone, at)];
    // When the clock goes back, an hour occurs twice; both are counted in the same bar.
    if (hours) hours.set(hourIn(timeZone, at), (hours.get(hourIn(timeZone, at)) ?? 0) + point.orders);
  }
  const format = hourFormat("UTC");
  return Array.from({ length: 24 }, (_, hour) => ({
    key: String(hour),
    label: format.format(hour * HOUR),
    title: `${format.format(hour * HOUR)} to ${format.format(((hour + 1) % 24) * HOUR)}`,
    value: counts[today]?.get(hour) ?? 0,
    before: counts[yesterday]?.get(hour) ?? 0,
  }));
}

/** Revenue for each of the store's last `days` days, in one currency. */
export function revenueOfDays(
  points: readonly SeriesPoint[],
  days: number,
  currency: string,
  now: number,
  timeZone: string,
): Bar[] {
  const sums = new Map<string, number>();
  for (const point of points) {
    const day = dateIn(timeZone, Date.parse(point.at));
    const amount = point.revenue.find((money) => money.currency === currency)?.amount ?? 0;
    sums.set(day, (sums.get(day) ?? 0) + amount);
  }
  const [short, long] = [dayFormat(timeZone), longDayFormat(timeZone)];
  return Array.from({ length: days }, (_, at) => {
    const start = midnight(timeZone, now, at - days + 1);
    const key = dateIn(timeZone, start);
    return { key, label: short.format(start), title: long.format(start), value: sums.get(key) ?? 0 };
  });
}

/** Selects which axis labels to show: at most `most`, evenly spaced, always including the last. */
export function labeledIndexes(count: number, most: number): (at: number) => boolean {
  const step = Math.max(1, Math.ceil(count / most));
  return (at) => (count - 1 - at) % step === 0;
}

/** "2 h 10 min", "3 d 4 h", "45 min". */
export function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** The chart's caption for screen readers: the total and the highest bar. */
export function summaryOf(bars: readonly Bar[], format: (value: number) => string): string {
  const sum = bars.reduce((total, bar) => total + bar.value, 0);
  const highest = bars.reduce<Bar | undefined>((best, bar) => (bar.value > (best?.value ?? 0) ? bar : best), undefined);
  return highest ? `${format(sum)} in total. Highest: ${format(highest.value)} (${highest.title}).` : "Nothing yet.";
}
