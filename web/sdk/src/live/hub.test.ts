// The path of an event from the transport to the subscribers.

import { describe, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import { createPipeline } from "../../tests/support/pipeline.js";
import type { Order } from "../model.js";
import type { ReceivedEvent } from "./incoming.js";

const orders = (count: number) => Array.from({ length: count }, (_, n) => makeOrder(n + 1));

describe("events", () => {
  test("are delivered once, however often they arrive", async () => {
    const { environment, hub, events } = createPipeline([]);
    const event = makeEvent(makeOrder(1), "shipped", { cursor: "ab:7" });
    for (let times = 0; times < 3; times += 1) hub.receive({ type: "event", event });
    await environment.advance(100);
    hub.receive({ type: "event", event: { ...event, transport: "sse" } });
    await environment.advance(100);
    expect(events).toHaveLength(1);
  });

  test("that polling reported are not delivered again when they arrive", async () => {
    const { environment, hub, events } = createPipeline([]);
    const order = makeOrder(1);
    hub.receive({
      type: "event",
      event: makeEvent(order, "shipped", { version: 3, id: "polled:1:3", transport: "polling" }),
    });
    for (const version of [2, 3, 4])
      hub.receive({ type: "event", event: makeEvent(order, "shipped", { version, id: `real-${version}` }) });
    await environment.advance(100);
    expect(events.map((event) => event.version)).toEqual([3, 4]);
  });

  test("are marked as missed by cursor, whatever the clocks say, and as our own", async () => {
    const { environment, hub, events } = createPipeline([]);
    hub.opened("ab:5");
    hub.own(makeOrder(4).id, 2);
    const take = (n: number, cursor: string, more: Partial<ReceivedEvent> = {}) =>
      hub.receive({ type: "event", event: makeEvent(makeOrder(n), "shipped", { cursor, ...more }) });
    // Events up to the head are missed.
    take(1, "ab:4");
    take(2, "ab:5");
    take(3, "ab:6", { at: "2001-01-01T00:00:00Z" });
    take(4, "ab:7");
    take(5, "ab:8", { actor: { origin: "staff", id: "mira" } });
    await environment.advance(100);
    expect(events.map(({ missed, own }) => ({ missed, own }))).toEqual([
      { missed: true, own: false },
      { missed: true, own: false },
      { missed: false, own: false },
      { missed: false, own: true },
      { missed: false, own: true },
    ]);
  });

  test("are not our own where the person before us made the change", async () => {
    const { environment, hub, events } = createPipeline([]);
    hub.own(makeOrder(1).id, 2);
    hub.clear();
    hub.receive({ type: "event", event: makeEvent(makeOrder(1), "shipped") });
    await environment.advance(100);
    expect(events.map(({ own }) => own)).toEqual([false]);
  });

  test("of polling have no cursor: the transport says which ones were missed", async () => {
    const { environment, hub, events } = createPipeline([]);
    hub.opened(null);
    const polled = (n: number) =>
      makeEvent(makeOrder(n), "shipped", { id: `polled:${n}`, cursor: null, transport: "polling" });
    hub.receive({ type: "event", event: polled(1), missed: true });
    hub.receive({ type: "event", event: polled(2), missed: false });
    await environment.advance(100);
    expect(events.map(({ missed }) => missed)).toEqual([true, false]);
  });

  test("count new orders until somebody acknowledges them", async () => {
    const { environment, hub, store } = createPipeline([]);
    for (const n of [1, 2, 3])
      hub.receive({ type: "event", event: makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }) });
    await environment.advance(100);
    expect(store.activity.getSnapshot().newCount).toBe(3);
    store.acknowledgeNew();
    expect(store.activity.getSnapshot().newCount).toBe(0);
  });

  test("of an unknown order make it be read once, if a list would show it", async () => {
    const known = orders(300);
    const { environment, hub, store, requests } = createPipeline(known);
    store.subscribe(() => undefined);
    await store.load();
    requests.length = 0;
    const unknown = makeOrder(301);
    for (const version of [2, 3, 4])
      hub.receive({ type: "event", event: makeEvent(unknown, "shipped", { version, id: `e${version}` }) });
    // Older than the last page that was read: it is on a later page.
    hub.receive({ type: "event", event: makeEvent(makeOrder(5), "shipped") });
    await environment.advance(100);
    expect(requests.map((url) => url.pathname)).toEqual([`/api/v1/orders/${unknown.id}`]);
  });
});

describe("ten thousand orders and fifty changes a second", () => {
  test("are fast, notify at most once per frame, and keep unchanged orders as the same objects", async () => {
    const known = orders(10_000);
    const { environment, hub, store } = createPipeline(known);
    let notified = 0;
    store.subscribe(() => (notified += 1));
    await store.load();
    while (store.getSnapshot().hasMore) await store.loadMore();
    expect(store.getSnapshot().orders).toHaveLength(10_000);
    const before = store.getSnapshot().orders;
    notified = 0;

    const versions = new Map<string, Order>();
    let spent = 0;
    let worst = 0;
    const seconds = 10;
    for (let tick = 0; tick < seconds * 50; tick += 1) {
      const began = performance.now();
      const n = 1 + ((tick * 7919) % 10_000);
      const order = versions.get(String(n)) ?? makeOrder(n);
      const event =
        tick % 10 === 0
          ? makeEvent(makeOrder(10_001 + tick), "pending", { kind: "order.created", version: 1 })
          : makeEvent(order, "processing");
      versions.set(String(n), { ...order, version: event.version });
      hub.receive({ type: "event", event });
      await environment.advance(20);
      const took = performance.now() - began;
      spent += took;
      worst = Math.max(worst, took);
    }
    const after = store.getSnapshot().orders;
    expect(after).toHaveLength(10_050);
    expect(notified).toBeLessThanOrEqual(seconds * 60);
    const shared = new Set(before);
    expect(after.filter((order) => shared.has(order)).length, "untouched orders are the same objects").toBe(
      10_000 - 450,
    );
    console.info(
      `10,000 orders, 500 changes: ${(spent / 500).toFixed(3)} ms each on average, ${worst.toFixed(2)} ms at worst, ${notified} notifications`,
    );
    expect(spent / 500).toBeLessThan(8);
  }, 60_000);

  test("a burst of a thousand events notifies once", async () => {
    const { environment, hub, store } = createPipeline(orders(100));
    store.subscribe(() => undefined);
    await store.load();
    await environment.advance(100);
    let notified = 0;
    store.subscribe(() => (notified += 1));
    for (let n = 101; n <= 1100; n += 1)
      hub.receive({ type: "event", event: makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }) });
    await environment.advance(1000);
    expect(notified).toBe(1);
    expect(store.getSnapshot().orders[0]?.number).toBe("11100");
  });

  test("the cache is bounded, and evicted orders are read again with loadMore", async () => {
    const known = orders(200);
    const { environment, hub, store, requests } = createPipeline(known, { maxOrders: 150 });
    store.subscribe(() => undefined);
    await store.load();
    for (let n = 201; n <= 400; n += 1) {
      hub.receive({ type: "event", event: makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }) });
      await environment.advance(20);
    }
    const { orders: listed, hasMore } = store.getSnapshot();
    expect(listed.length).toBeLessThanOrEqual(158);
    expect(listed[0]?.number).toBe("10400");
    expect(hasMore).toBe(true);
    requests.length = 0;
    await store.loadMore();
    expect(requests[0]?.searchParams.get("to")).toBe(listed[listed.length - 1]?.createdAt);
  });
});
