import { expect, test } from "vitest";
import { makeOrder } from "../../tests/support/orders.js";
import { fromSocket, fromStream } from "./incoming.js";

const facts = {
  orderId: makeOrder(1).id,
  orderNumber: "10001",
  status: "pending",
  previousStatus: "pending",
  kind: "order.created",
  at: makeOrder(1).createdAt,
  actor: { origin: "customer" },
  storeId: "main",
  version: 1,
};

test("the event of a new order brings the order, over every transport", () => {
  const whole = { ...makeOrder(1), orderNumber: "10001" };
  const socket = { ...facts, eventId: "event-1", updatedAt: facts.at, order: whole };
  expect(fromSocket("admin:order:created", socket, "ab:1")).toMatchObject({
    type: "event",
    event: { id: "event-1", orderNumber: "10001" },
    order: whole,
  });
  const message = fromStream("order.created", { ...facts, id: "event-1", order: makeOrder(1) }, "ab:1");
  expect(message).toMatchObject({ type: "event", order: makeOrder(1) });
  expect(message).not.toHaveProperty("event.order");
});

test("the summary that other events have is not taken for the order", () => {
  const summary = { id: facts.orderId, orderNumber: "10001", status: "shipped", version: 2 };
  const payload = { ...facts, eventId: "event-2", kind: "order.status_changed", updatedAt: facts.at, order: summary };
  expect(fromSocket("admin:order:updated", payload, "ab:2")).not.toHaveProperty("order");
});
