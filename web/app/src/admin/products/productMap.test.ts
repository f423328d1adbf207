import { describe, expect, it } from "vitest";
import type { Product } from "../data/types";
import { changesStock, withProduct } from "./productMap";

const product = (version: number, available: number): Product => ({
  id: "tea",
  storeId: "main",
  name: "Tea",
  price: { amount: 100, currency: "EUR" },
  available,
  archived: false,
  version,
});

describe("the product map", () => {
  it("keeps the newest version, and the latest response of the same version", () => {
    const known = new Map([["tea", product(3, 10)]]);
    expect(withProduct(known, product(2, 99))).toBe(known);
    expect(withProduct(known, product(3, 9)).get("tea")?.available).toBe(9);
    expect(withProduct(known, product(4, 8)).get("tea")?.version).toBe(4);
    expect(withProduct(new Map(), product(1, 1)).size).toBe(1);
  });
});

describe("order events", () => {
  it("change stock when an order is placed, shipped, moved back or cancelled", () => {
    expect(changesStock({ kind: "order.created", status: "pending", previousStatus: "pending" })).toBe(true);
    for (const [previousStatus, status] of [
      ["pending", "shipped"],
      ["shipped", "processing"],
      ["pending", "cancelled"],
    ] as const)
      expect(changesStock({ kind: "order.status_changed", status, previousStatus })).toBe(true);
  });

  it("do not change stock otherwise", () => {
    expect(changesStock({ kind: "payment.changed", status: "paid", previousStatus: "pending" })).toBe(false);
    expect(changesStock({ kind: "delivery.located", status: "shipped", previousStatus: "shipped" })).toBe(false);
  });
});
