import { describe, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import type { Order } from "../model.js";
import { applyChange, applyEvent, isPartial, orderFromEvent } from "./apply.js";
import { createCache } from "./cache.js";
import { keyOf, matches } from "./filter.js";
import { compareNewest, sortedIndex } from "./sort.js";
import { withEntries } from "./timeline.js";

describe("an order after an event", () => {
  test("has the event's facts, and keeps what only the server computes", () => {
    const order = makeOrder(1, { status: "processing", version: 2, progress: 40, canCancel: true });
    const event = makeEvent(order, "shipped", { trackingNumber: "T", shipments: [{ parcel: 1, status: "shipped" }] });
    expect(applyEvent(order, event)).toMatchObject({
      status: "shipped",
      version: 3,
      trackingNumber: "T",
      shipments: [{ parcel: 1, status: "shipped" }],
      progress: 40,
      canCancel: true,
    });
    const cancelled = makeEvent(order, "cancelled", { reason: "Twice", actor: { origin: "customer" } });
    expect(applyEvent(order, cancelled).cancellation).toMatchObject({ by: "customer", reason: "Twice" });
  });

  test("has the allowed transitions of the event, and none are known where the event has none", () => {
    const order = makeOrder(1, { allowedTransitions: [{ status: "processing", reasonRequired: false }] });
    const allowedTransitions = [{ status: "pending" as const, reasonRequired: true }];
    expect(applyEvent(order, makeEvent(order, "processing", { allowedTransitions }))).toMatchObject({
      allowedTransitions,
    });
    expect(applyEvent(order, makeEvent(order, "processing")).allowedTransitions).toBeNull();
    const located = makeEvent(order, "pending", { kind: "delivery.located" });
    expect(applyEvent(order, located).allowedTransitions).toBe(order.allowedTransitions);
  });

  test("does not modify the order before it, and shares what did not change", () => {
    const before = Object.freeze(makeOrder(1));
    const after = applyEvent(before, makeEvent(before, "shipped"));
    expect(before.status).toBe("pending");
    expect(after.items).toBe(before.items);
  });

  test("is incomplete, unless the event can only have changed the delivery", () => {
    const order = makeOrder(1);
    expect(isPartial(makeEvent(order, "shipped"))).toBe(true);
    expect(isPartial(makeEvent(order, "pending", { kind: "payment.changed", paymentStatus: "paid" }))).toBe(true);
    expect(isPartial(makeEvent(order, "pending", { kind: "delivery.updated" }))).toBe(false);
    expect(isPartial(makeEvent(order, "pending", { kind: "delivery.located" }))).toBe(false);
  });

  test("is made from the event that placed it", () => {
    const event = {
      ...makeEvent(makeOrder(1), "pending", { version: 1 }),
      kind: "order.created" as const,
      paymentMethod: "cash_on_delivery" as const,
    };
    expect(orderFromEvent(event)).toMatchObject({
      version: 1,
      status: "pending",
      payment: { method: "cash_on_delivery", status: "pending" },
    });
  });
});

describe("the cache", () => {
  const at = "2030-01-01T00:00:00Z";

  test("an older version never overwrites a newer one, however it comes", () => {
    const cache = createCache(() => undefined);
    const order = makeOrder(1);
    cache.put(order);
    const later = makeEvent(order, "shipped", { version: 3 });
    expect(cache.apply(later), "a version is missing between").toBe("incomplete");
    expect(cache.apply(makeEvent(order, "processing"))).toBe("stale");
    cache.put({ ...order, version: 2, status: "processing" });
    expect(cache.get(order.id)).toMatchObject({ version: 3, status: "shipped" });
    expect(cache.get(order.number)).toBe(cache.get(order.id));
    expect(cache.apply(makeEvent(makeOrder(2), "shipped"))).toBe("unknown");
  });

  test("an order that was read older than its events is read again once", () => {
    const staleReads: string[] = [];
    const cache = createCache(
      () => undefined,
      (id) => staleReads.push(id),
    );
    const order = makeOrder(1);
    for (const version of [3, 2]) expect(cache.apply(makeEvent(order, "shipped", { version }))).toBe("unknown");
    cache.put({ ...order, version: 2 });
    cache.put({ ...order, version: 2 });
    expect(staleReads).toEqual([order.id]);
    cache.apply(makeEvent(makeOrder(2), "shipped", { version: 2 }));
    cache.put({ ...makeOrder(2), version: 2 });
    expect(staleReads, "as new as its events").toEqual([order.id]);
    cache.apply(makeEvent(makeOrder(3), "shipped", { version: 2 }));
    const placed = makeEvent(makeOrder(3), "pending", { kind: "order.created", version: 1 });
    expect(cache.apply(placed), "events in the wrong order").toBe("incomplete");
  });

  test("a new order that comes with its event is complete, unless newer events came before", () => {
    const cache = createCache(() => undefined);
    const created = (n: number) => makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 });
    const address = { name: "Asha Rao", line1: "1 Lantern Street", city: "Pune", country: "IN" };
    expect(cache.apply(created(1), makeOrder(1, { shippingAddress: address }))).toBe("applied");
    expect(cache.get("10001")?.shippingAddress?.city).toBe("Pune");
    cache.apply(makeEvent(makeOrder(2), "shipped", { version: 2 }));
    expect(cache.apply(created(2), makeOrder(2))).toBe("incomplete");
  });

  test("a location keeps the version, and an older location does not overwrite a newer one", () => {
    const cache = createCache(() => undefined);
    const order = makeOrder(1, { status: "shipped", version: 3 });
    cache.put(order);
    const location = (seconds: number) => ({
      latitude: seconds,
      longitude: 1,
      at: new Date(Date.parse(order.updatedAt) + seconds * 1000).toISOString(),
    });
    const located = (seconds: number) =>
      makeEvent(order, "shipped", {
        id: `location-${seconds}`,
        kind: "delivery.located",
        version: 3,
        location: location(seconds),
        at: location(seconds).at,
      });
    expect(cache.apply(located(20))).toBe("applied");
    expect(cache.apply(located(10))).toBe("stale");
    cache.put(order);
    expect(cache.get(order.id)?.delivery?.location?.latitude).toBe(20);
  });

  test("optimistic changes are shown over the confirmed order and rolled back completely", () => {
    const cache = createCache(() => undefined);
    cache.put(makeOrder(1));
    const { id } = makeOrder(1);
    const one = { change: { type: "status", body: { status: "processing" } }, at } as const;
    const two = { change: { type: "delivery", body: { partner: { name: "Ravi" } } }, at } as const;
    cache.applyOptimistic(id, one);
    cache.applyOptimistic(id, two);
    expect(cache.get(id)).toMatchObject({ status: "processing", version: 1, delivery: { partner: { name: "Ravi" } } });
    expect(cache.confirmed(id)).toMatchObject({ status: "pending" });
    expect([...cache.pending()]).toEqual([id]);
    cache.put(makeOrder(1, { version: 2, status: "cancelled" }));
    cache.rollback(id, one);
    cache.rollback(id, two);
    expect(cache.get(id)).toEqual(makeOrder(1, { version: 2, status: "cancelled" }));
    expect(cache.pending().size).toBe(0);
  });

  test("an equal order is no change", () => {
    let changes = 0;
    const cache = createCache(() => (changes += 1));
    cache.put(makeOrder(1));
    const known = cache.get(makeOrder(1).id);
    changes = 0;
    const { customer, ...rest } = makeOrder(1);
    cache.put({ customer, ...rest } as Order);
    expect(changes).toBe(0);
    expect(cache.get(makeOrder(1).id)).toBe(known);
  });

  test("the oldest orders are evicted, except open and pending ones", () => {
    const cache = createCache(() => undefined);
    for (let n = 1; n <= 10; n += 1) cache.put(makeOrder(n));
    cache.applyOptimistic(makeOrder(2).id, { change: { type: "cancel", reason: undefined, by: "customer" }, at });
    cache.trim(4, (id) => id === makeOrder(1).id);
    expect([...cache.values()].map((order) => order.number)).toEqual(["10001", "10002", "10009", "10010"]);
    expect(cache.get("10003")).toBeUndefined();
  });
});

describe("an order with a pending change", () => {
  test("shows what was requested, and nothing that only the server computes", () => {
    const now = "2030-01-01T00:00:00Z";
    const shipped = { type: "status", body: { status: "shipped", trackingNumber: "T" } } as const;
    expect(applyChange(makeOrder(1), shipped, now)).toMatchObject({
      status: "shipped",
      trackingNumber: "T",
      version: 1,
      progress: 10,
      canCancel: false,
      allowedTransitions: null,
    });
    expect(applyChange(makeOrder(1), { type: "cancel", reason: "Twice", by: "staff" }, now)).toMatchObject({
      status: "cancelled",
      canCancel: false,
      cancellation: { by: "staff", at: now, reason: "Twice" },
    });
  });
});

describe("filters", () => {
  test("have the same key in another order, and an empty key when they match everything", () => {
    expect(keyOf({ status: ["shipped", "paid"] })).toBe(keyOf({ status: ["paid", "shipped"] }));
    expect(keyOf({ status: [], q: "  " })).toBe("");
    expect(keyOf({ q: "a" })).not.toBe(keyOf({ q: "b" }));
  });

  test("match by status, time and search text; search hits of the server always match", () => {
    const order = makeOrder(1, { trackingNumber: "TRACK-1" });
    expect(matches(order, { status: ["shipped"] }, true)).toBe(false);
    expect(matches(order, { status: ["pending"], from: order.createdAt }, false)).toBe(true);
    expect(matches(order, { to: order.createdAt }, false)).toBe(false);
    for (const q of ["10001", "#10001", "track-1", "rao asha"]) expect(matches(order, { q }, false), q).toBe(true);
    expect(matches(order, { q: "somebody else" }, false)).toBe(false);
    expect(matches(order, { q: "somebody else" }, true)).toBe(true);
  });

  test("the newest order comes first, and longer numbers are newer", () => {
    const orders = [makeOrder(1), makeOrder(95_000), makeOrder(2)].sort(compareNewest);
    expect(orders.map((order) => order.number)).toEqual(["105000", "10002", "10001"]);
    expect(sortedIndex(orders, makeOrder(2), compareNewest)).toBe(1);
    expect(sortedIndex(orders, makeOrder(50), compareNewest)).toBe(1);
    expect(sortedIndex([], makeOrder(1), compareNewest)).toBe(0);
  });
});

describe("the timeline", () => {
  const line = (version: number, more = {}) => ({
    ...makeEvent(makeOrder(1), "pending", { version, id: `line-${version}` }),
    ...more,
  });

  test("has each event once, in the order of versions", () => {
    const first = withEntries([], [line(1), line(3)]);
    expect(withEntries(first, [line(3)])).toBe(first);
    expect(withEntries(first, [line(2), line(1)]).map((each) => each.version)).toEqual([1, 2, 3]);
  });

  test("drops locations first when it is full", () => {
    const locations = Array.from({ length: 3000 }, (_, n) =>
      line(2, { id: `location-${n}`, kind: "delivery.located" }),
    );
    const lines = withEntries([], [line(1), ...locations, line(3)]);
    expect(lines).toHaveLength(1000);
    expect(lines.filter((each) => each.kind !== "delivery.located").map((each) => each.version)).toEqual([1, 3]);
    expect(lines.at(-2)?.id).toBe("location-2999");
  });
});
