import { describe, expect, it } from "vitest";
import { applyEvent, rowOf, rowOfCreated, summaryOf, type EventData, type OrderData } from "./row";

const order: OrderData = {
  id: "a",
  number: "10231",
  status: "processing",
  version: 2,
  createdAt: "2026-11-21T10:00:00Z",
  updatedAt: "2026-11-21T10:01:00Z",
  items: [
    { productId: "p1", name: "Tea", quantity: 2 },
    { productId: "p2", name: "Cup", quantity: 1 },
  ],
  payment: { method: "cash_on_delivery", status: "pending" },
  shipments: [{ parcel: 1, status: "packed" }],
  shippingAddress: { name: "Asha Rao", city: "Hamburg" },
};

const event: EventData = {
  kind: "order.status_changed",
  at: "2026-11-21T11:00:00Z",
  orderId: "a",
  orderNumber: "10231",
  version: 3,
  status: "shipped",
};

describe("a row of the table", () => {
  it("shows the recipient when the customer has no name", () => {
    expect(rowOf(order)).toMatchObject({ customer: "Asha Rao", city: "Hamburg", sortKey: 10231 });
    expect(rowOf({ ...order, customer: { name: "Asha" } }).customer).toBe("Asha");
  });

  it("takes the changed fields from an event and keeps the others", () => {
    const row = applyEvent(rowOf(order), { ...event, paymentStatus: "paid", trackingNumber: "T-1" });
    expect(row).toMatchObject({
      status: "shipped",
      version: 3,
      payment: { method: "cash_on_delivery", status: "paid" },
      trackingNumber: "T-1",
      items: order.items,
    });
    expect(applyEvent(row, { ...event, version: 4 }).trackingNumber).toBe("T-1");
  });

  it("takes the allowed transitions of the newest event that has them", () => {
    const ship = [{ status: "shipped" as const, reasonRequired: false }];
    const deliver = [{ status: "delivered" as const, reasonRequired: false }];
    const row = rowOf({ ...order, allowedTransitions: ship });
    expect(row.allowedTransitions).toEqual(ship);
    const shipped = applyEvent(row, { ...event, allowedTransitions: deliver });
    expect(shipped.allowedTransitions).toEqual(deliver);
    expect(applyEvent(shipped, { ...event, version: 4 }).allowedTransitions).toEqual(deliver);
    const unknown = rowOf({ ...order, version: 3, allowedTransitions: null });
    expect(applyEvent(unknown, { ...event, allowedTransitions: deliver }).allowedTransitions).toEqual(deliver);
  });

  it("keeps parcels that an event does not name", () => {
    const row = applyEvent(rowOf(order), { ...event, shipments: [{ parcel: 2, status: "shipped" }] });
    expect(row.shipments).toEqual([
      { parcel: 1, status: "packed" },
      { parcel: 2, status: "shipped" },
    ]);
  });

  it("is built from the event of a new order", () => {
    const created = { ...event, kind: "order.created", version: 1, status: "pending" as const, items: order.items };
    const row = rowOfCreated({ ...created, paymentMethod: "cash_on_delivery", customer: { name: "Asha" } });
    expect(row).toMatchObject({
      customer: "Asha",
      status: "pending",
      payment: { status: "pending" },
      items: order.items,
    });
  });

  it("summarizes the items in one line", () => {
    expect(summaryOf(order.items)).toEqual({ first: "2 × Tea", more: 1 });
    expect(summaryOf([{ productId: "p2", name: "Cup", quantity: 1 }])).toEqual({ first: "Cup", more: 0 });
    expect(summaryOf([])).toEqual({ first: "No items", more: 0 });
  });
});
