// What the charts show, from what the server counted.

import { dateIn, hourIn, midnight } from "../time/zone";

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
  /** Unique in its chart. */
  key: string;
  /** Under it. */
  label: string;
  /** What it is of, in full. */
  title: string;
  value: number;
  /** The same place in the period before, to compare with. */
  before?: number;
}

const HOUR = 3_600_000;

const hourFormat = (timeZone: string) =>
  new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
const dayFormat = (timeZone: string) =>
  new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone });
const longDayFormat = (timeZone: string) =>
  new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", timeZone });

/** Orders of each hour of the store's day, beside those of the same hour yesterday. Hours without any are 0, not absent. */
export function hoursOfToday(points: readonly SeriesPoint[], now: number, timeZone: string): Bar[] {
  const [today, yesterday] = [dateIn(timeZone, now), dateIn(timeZone, midnight(timeZone, now, -1))];
  const counts = { [today]: new Map<number, number>(), [yesterday]: new Map<number, number>() };
  for (const point of points) {
    const at = Date.parse(point.at);
    const hours = counts[dateIn(timeZone, at)];
    // The hour that a change of the clock brings twice counts together: it has one place on the axis.
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

/** The revenue of each of the store's last days, in one currency. */
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

/** Which labels stand under the axis: so many at most, evenly, the last one always. */
export function labelled(count: number, most: number): (at: number) => boolean {
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

/** What a screen reader says of a chart before its table: the sum, and the highest. */
export function summaryOf(bars: readonly Bar[], format: (value: number) => string): string {
  const sum = bars.reduce((total, bar) => total + bar.value, 0);
  const highest = bars.reduce<Bar | undefined>((best, bar) => (bar.value > (best?.value ?? 0) ? bar : best), undefined);
  return highest ? `${format(sum)} in all, most ${highest.title}: ${format(highest.value)}.` : "Nothing yet.";
}
