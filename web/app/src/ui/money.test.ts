import { describe, expect, it } from "vitest";

import { formatMoney } from "./money";

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
