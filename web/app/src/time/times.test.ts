import { describe, expect, it } from "vitest";

import { timesIn } from "./times";

const berlin = timesIn("Europe/Berlin", "Europe/Berlin");
// Saturday noon in Berlin.
const now = Date.parse("2026-11-21T12:00:00+01:00");
const MINUTE = 60_000;

describe("relative times", () => {
  it.each([
    [-3_000, "just now"],
    [2_000, "just now"],
    [-60_000, "1 minute ago"],
    [-59.9 * MINUTE, "59 minutes ago"],
    [-61 * MINUTE, "1 hour ago"],
    [-119 * MINUTE, "1 hour ago"],
    [-11 * 60 * MINUTE, "11 hours ago"],
    [-26 * 60 * MINUTE, "yesterday"],
    [3 * 60 * MINUTE, "in 3 hours"],
    [20 * 60 * MINUTE, "tomorrow"],
  ])("%i ms from now is %s", (distance, expected) => {
    expect(berlin.relative(now + distance, now)).toBe(expected);
  });

  it("count calendar days, as the name of the day does", () => {
    for (const [at, relative, day] of [
      ["2026-11-20T00:12:00+01:00", "yesterday", "Yesterday"],
      ["2026-11-19T23:59:00+01:00", "2 days ago", "Thu 19 November"],
      ["2026-11-22T23:59:00+01:00", "tomorrow", "Tomorrow"],
    ] as const) {
      expect(berlin.relative(at, now)).toBe(relative);
      expect(berlin.day(at, now)).toBe(day);
    }
  });

  it("do not call the last hours yesterday after midnight", () => {
    const early = Date.parse("2026-11-21T00:30:00+01:00");
    expect(berlin.relative("2026-11-20T22:30:00+01:00", early)).toBe("2 hours ago");
    expect(berlin.relative("2026-11-20T12:00:00+01:00", early)).toBe("yesterday");
  });
});

describe("a moment", () => {
  it("is relative and absolute", () => {
    expect(berlin.moment(now - 3 * MINUTE, now)).toBe("3 minutes ago, 11:57");
    expect(berlin.moment("2026-11-20T00:12:00+01:00", now)).toBe("yesterday, 00:12");
    expect(berlin.moment("2026-11-18T14:10:00+01:00", now)).toBe("3 days ago, 18 Nov, 14:10");
    expect(berlin.moment("2025-11-18T14:10:00+01:00", now)).toBe("18 Nov 2025, 14:10");
  });
});

describe("days", () => {
  it("are those of the store's zone, not of the reader's", () => {
    const honolulu = timesIn("Pacific/Honolulu", "Europe/Berlin");
    // Saturday morning in Berlin is still Friday in Honolulu.
    const at = Date.parse("2026-11-21T09:00:00+01:00");
    expect(honolulu.day("2026-11-20T20:00:00-10:00", at)).toBe("Today");
    expect(berlin.day("2026-11-20T20:00:00-10:00", at)).toBe("Today");
    expect(berlin.day("2026-11-20T12:00:00-10:00", at)).toBe("Yesterday");
    expect(berlin.isSameDay("2026-11-20T23:59:00+01:00", "2026-11-21T00:00:00+01:00")).toBe(false);
  });

  it("have 23 or 25 hours when the clocks change", () => {
    const evening = Date.parse("2026-10-25T23:30:00+01:00");
    expect(berlin.day("2026-10-25T00:30:00+02:00", evening)).toBe("Today");
    expect(berlin.day("2026-10-26T00:30:00+01:00", evening)).toBe("Tomorrow");
    expect(berlin.day("2026-03-28T23:30:00+01:00", Date.parse("2026-03-29T23:30:00+02:00"))).toBe("Yesterday");
  });
});

describe("the zone", () => {
  it("is named where the reader's clock shows another time", () => {
    const at = "2026-11-21T15:30:00Z";
    expect(berlin.dateTime(at)).toBe("21 Nov 2026, 16:30");
    expect(timesIn("Europe/Berlin", "Europe/Paris").time(at)).toBe("16:30");
    expect(timesIn("Europe/Berlin", "UTC").time(at)).toBe("16:30 CET");
    expect(timesIn("Europe/Berlin", "UTC").time("2026-07-21T15:30:00Z")).toBe("17:30 CEST");
    expect(timesIn("Asia/Kolkata", "UTC").dateTime(at)).toBe("21 Nov 2026, 21:00 GMT+5:30");
    expect(timesIn("Europe/Berlin", "UTC").moment(at, Date.parse(at) + 2 * MINUTE)).toBe("2 minutes ago, 16:30 CET");
  });
});
