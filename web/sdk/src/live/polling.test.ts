import { describe, expect, test } from "vitest";
import { makeOrder } from "../../tests/support/orders.js";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createTokenSource } from "../api/token.js";
import type { Order } from "../model.js";
import { changes, openPolling } from "./polling.js";
import type { TransportOpened } from "./transport.js";

const known = (...orders: Order[]) => new Map(orders.map((order) => [order.id, order]));

describe("the events between two polls", () => {
  test("none, where nothing differs", () => {
    expect(changes(known(makeOrder(1), makeOrder(2)), [makeOrder(2), makeOrder(1)])).toEqual([]);
  });

  test("a new order; an older unknown order was just not loaded", () => {
    const events = changes(known(makeOrder(2)), [makeOrder(3), makeOrder(2), makeOrder(1)]);
    expect(events.map(({ kind, orderNumber, version }) => ({ kind, orderNumber, version }))).toEqual([
      { kind: "order.created", orderNumber: "10003", version: 1 },
    ]);
  });

  test("a new order that has changed already: its creation, then the change", () => {
    const shipped = makeOrder(3, {
      status: "shipped",
      version: 4,
      updatedAt: "2030-01-01T00:00:00Z",
      shipments: [{ parcel: 1, status: "shipped" }],
    });
    expect(changes(known(makeOrder(2)), [shipped, makeOrder(2)])).toMatchObject([
      {
        kind: "order.created",
        version: 1,
        status: "pending",
        previousStatus: "pending",
        actor: { origin: "customer" },
      },
      {
        kind: "order.status_changed",
        version: 4,
        status: "shipped",
        previousStatus: "pending",
        shipments: [{ parcel: 1, status: "shipped" }],
      },
    ]);
  });

  test("each kind of change, with its facts", () => {
    const before = makeOrder(1, { version: 3 });
    const at = "2030-01-01T00:00:00Z";
    const after = (more: Partial<Order>) =>
      changes(known(before), [makeOrder(1, { version: 4, updatedAt: at, ...more })])[0];
    expect(after({ status: "cancelled", cancellation: { by: "customer", at, reason: "Twice" } })).toMatchObject({
      kind: "order.cancelled",
      actor: { origin: "customer" },
      reason: "Twice",
    });
    expect(after({ status: "processing", trackingNumber: "T" })).toMatchObject({
      kind: "order.status_changed",
      previousStatus: "pending",
      trackingNumber: "T",
    });
    expect(after({ payment: { method: "cash_on_delivery", status: "paid" } })).toMatchObject({
      kind: "payment.changed",
      paymentStatus: "paid",
    });
    expect(after({ delivery: { partner: { name: "Ravi" } } })).toMatchObject({
      kind: "delivery.updated",
      partner: { name: "Ravi" },
    });
    expect(after({})).toMatchObject({ kind: "order.updated", at });
    const location = { latitude: 1, longitude: 2, at };
    expect(after({ version: 3, delivery: { location } })).toMatchObject({
      kind: "delivery.located",
      location,
      version: 3,
    });
  });

  test("none for an older response", () => {
    expect(
      changes(known(makeOrder(1, { version: 5, status: "shipped" })), [
        makeOrder(1, { version: 4, status: "processing" }),
      ]),
    ).toEqual([]);
  });
});

test("polling never claims to have recovered, because it sees only the newest orders", async () => {
  const environment = createFakeEnvironment();
  environment.fetch = () => Promise.resolve(Response.json({ orders: [makeOrder(2)] }));
  const opened: TransportOpened[] = [];
  const nothing = () => undefined;
  const context = {
    environment,
    baseUrl: "",
    liveUrl: "",
    credentials: "omit",
    token: createTokenSource("t"),
    cursor: () => null,
    pollEvery: 5000,
  } as const;
  for (const orders of [[], [makeOrder(1), makeOrder(2)]]) {
    const handle = openPolling(
      { ...context, known: () => orders },
      { opened: (each) => opened.push(each), incoming: nothing, message: nothing, activity: nothing, closed: nothing },
    );
    await environment.advance(100);
    handle.close();
  }
  expect(opened).toEqual([
    { cursor: null, head: null, recovered: false },
    { cursor: null, head: null, recovered: false },
  ]);
});
