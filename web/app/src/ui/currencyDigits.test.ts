import { beforeEach, describe, expect, it } from "vitest";

import { parsePrice, priceText, priceExample } from "../admin/products/product";
import { formatMoney, setCurrencyDigits } from "./money";

/** As the server sends them: currencies without an entry have 2. */
beforeEach(() => setCurrencyDigits({ JPY: 0, KWD: 3, CLF: 4 }));

describe("a price that is typed, stored and shown", () => {
  it.each([
    ["500", "HUF", 50_000, "HUF 500.00"],
    ["500.5", "HUF", 50_050, "HUF 500.50"],
    ["15000", "IDR", 1_500_000, "IDR 15,000.00"],
    ["500", "JPY", 500, "¥500"],
    ["1.25", "KWD", 1250, "KWD 1.250"],
    ["12,5", "EUR", 1250, "€12.50"],
    ["0.99", "USD", 99, "$0.99"],
    ["2.5", "CLF", 25_000, "CLF 2.5000"],
  ])("%s %s", (typed, currency, amount, shown) => {
    expect(parsePrice(typed, currency)).toBe(amount);
    expect(parsePrice(priceText({ amount, currency }), currency)).toBe(amount);
    expect(formatMoney({ amount, currency }).replace("US", "").replace("JP", "").replace(/\s/, " ")).toBe(shown);
  });

  it("is refused with too many digits, and the example has the right number of them", () => {
    expect(parsePrice("500.5", "JPY")).toBeUndefined();
    expect(parsePrice("1.2345", "KWD")).toBeUndefined();
    for (const currency of ["JPY", "HUF", "KWD"])
      expect(parsePrice(priceExample(currency), currency), currency).toBeGreaterThan(0);
  });
});
