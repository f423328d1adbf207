// What arrives, from the wire to whoever looks: once, in batches, and with as little work as it takes.

import { describe, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createApi } from "../api/http.js";
import { createPersistence } from "../core/persistence.js";
import { createScheduler } from "../core/scheduler.js";
import { createInbox } from "../inbox/inbox.js";
import type { Account, Order } from "../model.js";
import { createOrders } from "../orders/orders.js";
import { createStats } from "../stats.js";
import { createCursorTracker } from "./cursor.js";
import type { OrderEvent } from "./events.js";
import type { ReceivedEvent } from "./incoming.js";
import { createHub } from "./hub.js";
import { createPresence } from "./presence.js";

const STAFF: Account = { id: "mira", role: "staff", storeId: "main", name: "Mira" };

/** Everything behind the live connection, over a server that answers from a list. */
function setUp(orders: readonly Order[], maxOrders = 20_000) {
  const environment = createFakeEnvironment();
  const newest = [...orders].reverse();
  const requests: URL[] = [];
  const api = createApi("http://shop.example", "omit", (request) => {
    const url = new URL(request.url);
    requests.push(url);
    if (url.pathname !== "/api/v1/orders")
      return Promise.resolve(Response.json(orders.find((order) => url.pathname.endsWith(order.id)) ?? {}));
    const [limit, page] = [Number(url.searchParams.get("limit")), Number(url.searchParams.get("page") ?? 0)];
    const next = page + limit < newest.length ? String(page + limit) : null;
    return Promise.resolve(Response.json({ orders: newest.slice(page, page + limit), next, cursor: "ab:1" }));
  });
  const scheduler = createScheduler(environment);
  const persistence = createPersistence("", null);
  const account = () => STAFF;
  const cursor = createCursorTracker(environment, persistence, undefined);
  const store = createOrders({
    api,
    environment,
    persistence,
    scheduler,
    account,
    maxOrders,
    onRead: cursor.read,
    covers: cursor.covers,
    onOwn: (id, version) => hub.own(id, version),
  });
  const inbox = createInbox({ api, environment, scheduler, account, onRead: cursor.read, covers: cursor.covers });
  const stats = createStats(api, environment, scheduler, account);
  const presence = createPresence({
    environment,
    scheduler,
    account,
    ask: () => Promise.reject(new Error("nobody")),
  });
  const hub = createHub({ scheduler, cursor, orders: store, inbox, stats, presence, account });
  const told: OrderEvent[] = [];
  hub.onEvent((event) => told.push(event));
  cursor.setAccount(STAFF);
  return { environment, store, hub, told, requests, cursor };
}

const orders = (count: number) => Array.from({ length: count }, (_, n) => makeOrder(n + 1));

describe("what arrives", () => {
  test("X6: is told once, however often it comes", async () => {
    const { environment, hub, told } = setUp([]);
    const event = makeEvent(makeOrder(1), "shipped", { cursor: "ab:7" });
    for (let times = 0; times < 3; times += 1) hub.take({ type: "event", event });
    await environment.advance(100);
    hub.take({ type: "event", event: { ...event, transport: "sse" } });
    await environment.advance(100);
    expect(told).toHaveLength(1);
  });

  test("what polling told of is not told again when its events come", async () => {
    const { environment, hub, told } = setUp([]);
    const order = makeOrder(1);
    hub.take({
      type: "event",
      event: makeEvent(order, "shipped", { version: 3, id: "polled:1:3", transport: "polling" }),
    });
    for (const version of [2, 3, 4])
      hub.take({ type: "event", event: makeEvent(order, "shipped", { version, id: `real-${version}` }) });
    await environment.advance(100);
    expect(told.map((event) => event.version)).toEqual([3, 4]);
  });

  test("X4: what happened while one was away is marked, whatever the clocks say, and our own doing too", async () => {
    const { environment, hub, told } = setUp([]);
    hub.opened("ab:5");
    hub.own(makeOrder(4).id, 2);
    const take = (n: number, cursor: string, more: Partial<ReceivedEvent> = {}) =>
      hub.take({ type: "event", event: makeEvent(makeOrder(n), "shipped", { cursor, ...more }) });
    // A moment before one was back is before.
    take(1, "ab:4");
    take(2, "ab:5");
    take(3, "ab:6", { at: "2001-01-01T00:00:00Z" });
    take(4, "ab:7");
    take(5, "ab:8", { actor: { origin: "staff", id: "mira" } });
    await environment.advance(100);
    expect(told.map(({ missed, own }) => ({ missed, own }))).toEqual([
      { missed: true, own: false },
      { missed: true, own: false },
      { missed: false, own: false },
      { missed: false, own: true },
      { missed: false, own: true },
    ]);
  });

  test("E3 X4: polling knows no places, and says itself what its first look found", async () => {
    const { environment, hub, told } = setUp([]);
    hub.opened(null);
    const polled = (n: number) =>
      makeEvent(makeOrder(n), "shipped", { id: `polled:${n}`, cursor: null, transport: "polling" });
    hub.take({ type: "event", event: polled(1), missed: true });
    hub.take({ type: "event", event: polled(2), missed: false });
    await environment.advance(100);
    expect(told.map(({ missed }) => missed)).toEqual([true, false]);
  });

  test("A18: new orders are counted until somebody looks", async () => {
    const { environment, hub, store } = setUp([]);
    for (const n of [1, 2, 3])
      hub.take({ type: "event", event: makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }) });
    await environment.advance(100);
    expect(store.activity.getSnapshot().newCount).toBe(3);
    store.acknowledgeNew();
    expect(store.activity.getSnapshot().newCount).toBe(0);
  });

  test("an order that is not known is read, if a list would show it, and only once", async () => {
    const known = orders(300);
    const { environment, hub, store, requests } = setUp(known);
    store.subscribe(() => undefined);
    await store.load();
    requests.length = 0;
    const unknown = makeOrder(301);
    for (const version of [2, 3, 4])
      hub.take({ type: "event", event: makeEvent(unknown, "shipped", { version, id: `e${version}` }) });
    // Older than the last page that was read: it stands on a later one.
    hub.take({ type: "event", event: makeEvent(makeOrder(5), "shipped") });
    await environment.advance(100);
    expect(requests.map((url) => url.pathname)).toEqual([`/api/v1/orders/${unknown.id}`]);
  });
});

describe("ten thousand orders and fifty changes a second", () => {
  test("cost little, tell at most once a frame, and leave what did not change as it is", async () => {
    const known = orders(10_000);
    const { environment, hub, store } = setUp(known);
    let told = 0;
    store.subscribe(() => (told += 1));
    await store.load();
    while (store.getSnapshot().hasMore) await store.loadMore();
    expect(store.getSnapshot().orders).toHaveLength(10_000);
    const before = store.getSnapshot().orders;
    told = 0;

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
      hub.take({ type: "event", event });
      await environment.advance(20);
      const took = performance.now() - began;
      spent += took;
      worst = Math.max(worst, took);
    }
    const after = store.getSnapshot().orders;
    expect(after).toHaveLength(10_050);
    expect(told).toBeLessThanOrEqual(seconds * 60);
    const shared = new Set(before);
    expect(after.filter((order) => shared.has(order)).length, "untouched orders are the same objects").toBe(
      10_000 - 450,
    );
    console.info(
      `10,000 orders, 500 changes: ${(spent / 500).toFixed(3)} ms each on average, ${worst.toFixed(2)} ms at worst, ${told} tellings`,
    );
    expect(spent / 500).toBeLessThan(8);
  }, 60_000);

  test("a burst of a thousand in one moment is one telling", async () => {
    const { environment, hub, store } = setUp(orders(100));
    store.subscribe(() => undefined);
    await store.load();
    await environment.advance(100);
    let told = 0;
    store.subscribe(() => (told += 1));
    for (let n = 101; n <= 1100; n += 1)
      hub.take({ type: "event", event: makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }) });
    await environment.advance(1000);
    expect(told).toBe(1);
    expect(store.getSnapshot().orders[0]?.number).toBe("11100");
  });

  test("X7: memory is bounded, and what was forgotten is read again from where the list ends", async () => {
    const known = orders(200);
    const { environment, hub, store, requests } = setUp(known, 150);
    store.subscribe(() => undefined);
    await store.load();
    for (let n = 201; n <= 400; n += 1) {
      hub.take({ type: "event", event: makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }) });
      await environment.advance(20);
    }
    const { orders: kept, hasMore } = store.getSnapshot();
    expect(kept.length).toBeLessThanOrEqual(158);
    expect(kept[0]?.number).toBe("10400");
    expect(hasMore).toBe(true);
    requests.length = 0;
    await store.loadMore();
    expect(requests[0]?.searchParams.get("to")).toBe(kept[kept.length - 1]?.createdAt);
  });
});
