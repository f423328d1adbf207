import { describe, expect, it } from "vitest";

import { formatMoney } from "./money";
import { formatExpectedDay, formatRelative } from "./time";

const now = new Date(2026, 10, 21, 12, 0, 0).getTime();
const MINUTE = 60_000;

describe("relative times", () => {
  it.each([
    [-3_000, "just now"],
    [2_000, "just now"],
    [-60_000, "1 minute ago"],
    [-59 * MINUTE, "59 minutes ago"],
    [-61 * MINUTE, "1 hour ago"],
    [-26 * 60 * MINUTE, "yesterday"],
    [3 * 60 * MINUTE, "in 3 hours"],
  ])("%i ms from now is %s", (distance, expected) => {
    expect(formatRelative(now + distance, now)).toBe(expected);
  });

  it("fall back to a date", () => {
    expect(formatRelative(now - 40 * 24 * 60 * MINUTE, now)).toMatch(/2026/);
  });

  it("name nearby days", () => {
    expect(formatExpectedDay(new Date(2026, 10, 21, 23, 59).getTime(), now)).toBe("Today");
    expect(formatExpectedDay(new Date(2026, 10, 22, 0, 1).getTime(), now)).toBe("Tomorrow");
    expect(formatExpectedDay(new Date(2026, 10, 20, 23, 0).getTime(), now)).toBe("Yesterday");
  });
});

describe("money in minor units", () => {
  it.each([
    [{ amount: 1999, currency: "EUR" }, /19[.,]99/],
    [{ amount: 1999, currency: "JPY" }, /1[.,]?999(?![.,]\d)/],
    [{ amount: 1999, currency: "KWD" }, /1[.,]999/],
    [{ amount: 0, currency: "USD" }, /0[.,]00/],
  ])("%j", (money, written) => {
    expect(formatMoney(money)).toMatch(written);
  });
});
