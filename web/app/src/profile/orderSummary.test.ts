import type { Order, Status } from "@ordercast/client";
import { expect, it } from "vitest";

import { summarizeOrders } from "./orderSummary";

function order(status: Status, amount: number, currency = "EUR"): Order {
  return {
    id: `${status}${amount}`,
    number: "1",
    storeId: "main",
    status,
    progress: 0,
    version: 1,
    items: [],
    shipments: [],
    canCancel: false,
    allowedTransitions: [],
    createdAt: "",
    updatedAt: "",
    total: { amount, currency },
  };
}

it("counts active orders, and sums those that were neither cancelled nor refunded", () => {
  expect(
    summarizeOrders([
      order("pending", 100),
      order("paid", 50),
      order("delivered", 25),
      order("cancelled", 1000),
      { ...order("delivered", 500), payment: { method: "online", status: "refunded" } } as Order,
      order("delivered", 7, "JPY"),
    ]),
  ).toEqual({
    total: 6,
    active: 2,
    delivered: 3,
    spent: [
      { amount: 175, currency: "EUR" },
      { amount: 7, currency: "JPY" },
    ],
  });
  expect(summarizeOrders([]).spent).toEqual([]);
});
