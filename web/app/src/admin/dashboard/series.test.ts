import { describe, expect, it } from "vitest";
import { formatDuration, hoursOfToday, labeledIndexes, revenueOfDays, summaryOf, type SeriesPoint } from "./series";

const point = (at: string, orders: number, amount = 0): SeriesPoint => ({
  at,
  orders,
  cancelled: 0,
  delivered: 0,
  revenue: [{ amount, currency: "EUR" }],
});

describe("the dashboard's charts", () => {
  it("have a bar for each hour of the store's day, with yesterday's", () => {
    const now = Date.parse("2026-11-21T10:30:00Z");
    const bars = hoursOfToday(
      [
        point("2026-11-20T09:00:00Z", 4),
        point("2026-11-21T09:00:00Z", 7),
        point("2026-11-20T23:00:00Z", 1),
        point("2026-11-19T23:30:00Z", 2),
        point("2026-11-18T09:00:00Z", 99),
      ],
      now,
      "Europe/Berlin",
    );
    expect(bars).toHaveLength(24);
    expect(bars[10]).toMatchObject({ value: 7, before: 4 });
    expect(bars[0]).toMatchObject({ value: 1, before: 2 });
    expect(bars.reduce((sum, bar) => sum + bar.value, 0)).toBe(8);
  });

  it("add up an hour that occurs twice", () => {
    const now = Date.parse("2026-10-25T12:00:00Z");
    const bars = hoursOfToday(
      [point("2026-10-25T00:00:00Z", 3), point("2026-10-25T01:00:00Z", 5)],
      now,
      "Europe/Berlin",
    );
    expect(bars[2]).toMatchObject({ value: 8 });
  });

  it("have a bar for each day, also without orders, in one currency", () => {
    const now = Date.parse("2026-11-21T10:00:00Z");
    const dollars: SeriesPoint = { ...point("2026-11-21T00:00:00Z", 1), revenue: [{ amount: 500, currency: "USD" }] };
    const bars = revenueOfDays(
      [point("2026-11-19T00:00:00Z", 1, 1_000), point("2026-11-21T00:00:00Z", 1, 250), dollars],
      3,
      "EUR",
      now,
      "UTC",
    );
    expect(bars.map(({ key, value }) => [key, value])).toEqual([
      ["2026-11-19", 1_000],
      ["2026-11-20", 0],
      ["2026-11-21", 250],
    ]);
  });

  it("have days of 23 and of 25 hours, each once", () => {
    const bars = revenueOfDays([], 10, "EUR", Date.parse("2026-10-30T10:00:00Z"), "Europe/Berlin");
    expect(new Set(bars.map((bar) => bar.key)).size).toBe(10);
    expect(bars.at(-1)?.key).toBe("2026-10-30");
  });

  it("label some bars, evenly, including the last", () => {
    const shown = (count: number, most: number) =>
      Array.from({ length: count }, (_, at) => at).filter(labeledIndexes(count, most));
    expect(shown(5, 8)).toEqual([0, 1, 2, 3, 4]);
    expect(shown(24, 8)).toEqual([2, 5, 8, 11, 14, 17, 20, 23]);
    expect(shown(30, 7)).toEqual([4, 9, 14, 19, 24, 29]);
  });

  it("have a text summary", () => {
    const bars = [
      { key: "a", label: "a", title: "Monday", value: 3 },
      { key: "b", label: "b", title: "Tuesday", value: 5 },
    ];
    expect(summaryOf(bars, String)).toBe("8 in total. Highest: 5 (Tuesday).");
    expect(summaryOf([], String)).toBe("Nothing yet.");
  });

  it("format durations", () => {
    expect([20, 45 * 60, 130 * 60, 3_600, 48 * 3_600, 76 * 3_600].map(formatDuration)).toEqual([
      "20 s",
      "45 min",
      "2 h 10 min",
      "1 h",
      "2 d",
      "3 d 4 h",
    ]);
  });
});
