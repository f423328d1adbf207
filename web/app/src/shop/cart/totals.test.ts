import { describe, expect, it } from "vitest";

import type { Product } from "../products";
import {
  countOf,
  lineTotal,
  MAX_QUANTITY,
  quantityOf,
  setQuantity,
  totalOf,
  cartIssue,
  withPrices,
  type Cart,
} from "./totals";

const espresso: Product = {
  id: "p1",
  storeId: "main",
  name: "Espresso",
  price: { amount: 1190, currency: "EUR" },
  available: 5,
  archived: false,
  version: 1,
};
const mug: Product = {
  id: "p2",
  storeId: "main",
  name: "Mug",
  price: { amount: 2200, currency: "EUR" },
  available: 1,
  archived: false,
  version: 1,
};

function cart(...clamped: [Product, number][]): Cart {
  return clamped.reduce<Cart>((cart, [product, quantity]) => setQuantity(cart, product, quantity), []);
}

describe("the cart", () => {
  it("adds, updates and removes lines", () => {
    const two = cart([espresso, 1], [mug, 2], [espresso, 3]);
    expect(two.map((line) => [line.productId, line.quantity])).toEqual([
      ["p1", 3],
      ["p2", 2],
    ]);
    expect(countOf(two)).toBe(5);
    expect(quantityOf(setQuantity(two, mug, 0), "p2")).toBe(0);
    expect(setQuantity(two, mug, -4)).toHaveLength(1);
  });

  it("limits the quantity, and rounds it down", () => {
    expect(quantityOf(cart([espresso, 99_999]), "p1")).toBe(MAX_QUANTITY);
    expect(quantityOf(cart([espresso, 2.9]), "p1")).toBe(2);
  });

  it("sums in minor units", () => {
    const lines = cart([espresso, 3], [mug, 1]);
    expect(totalOf(lines)).toEqual({ amount: 5770, currency: "EUR" });
    expect(lines.map((line) => lineTotal(line).amount)).toEqual([3570, 2200]);
    expect(totalOf([])).toBeUndefined();
  });

  it("takes over new prices", () => {
    const lines = withPrices(cart([espresso, 3], [mug, 1]), [
      { ...espresso, price: { amount: 1290, currency: "EUR" } },
    ]);
    expect(totalOf(lines)).toEqual({ amount: 6070, currency: "EUR" });
    expect(lines.map((line) => line.quantity)).toEqual([3, 1]);
  });

  it("has no total for several currencies", () => {
    expect(totalOf(cart([espresso, 1], [{ ...mug, price: { amount: 1, currency: "JPY" } }, 1]))).toBeUndefined();
  });

  it("reports what changed in the catalogue, availability before price", () => {
    const [line] = cart([espresso, 4]);
    if (!line) throw new Error("no line");
    expect(cartIssue(line, [espresso])).toBeUndefined();
    expect(cartIssue(line, [mug])).toEqual({ kind: "gone" });
    expect(cartIssue(line, [{ ...espresso, available: 0 }])).toEqual({ kind: "sold_out" });
    expect(cartIssue(line, [{ ...espresso, available: 3, price: mug.price }])).toEqual({
      kind: "too_few",
      available: 3,
    });
    expect(cartIssue(line, [{ ...espresso, price: mug.price }])).toEqual({
      kind: "price",
      was: espresso.price,
      now: mug.price,
    });
  });
});
