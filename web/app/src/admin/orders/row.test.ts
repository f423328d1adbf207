import { describe, expect, it } from "vitest";
import { customerName, summaryOf } from "./row";

describe("a row of the table", () => {
  it("shows the recipient when the customer has no name", () => {
    const shippingAddress = {
      name: "Asha Rao",
      line1: "1 Lantern Street",
      city: "Hamburg",
      postalCode: "1",
      country: "DE",
    };
    expect(customerName({ shippingAddress })).toBe("Asha Rao");
    expect(customerName({ shippingAddress, customer: { id: "a", name: "Asha" } })).toBe("Asha");
    expect(customerName({})).toBe("Customer");
  });

  it("summarizes the items in one line", () => {
    const items = [
      { name: "Tea", quantity: 2 },
      { name: "Cup", quantity: 1 },
    ];
    expect(summaryOf(items)).toEqual({ first: "2 × Tea", more: 1 });
    expect(summaryOf([{ name: "Cup", quantity: 1 }])).toEqual({ first: "Cup", more: 0 });
    expect(summaryOf([])).toEqual({ first: "No items", more: 0 });
  });
});
