// Lists and pages over one cache, while responses are on their way and events arrive.

import { describe, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createApi } from "../api/http.js";
import { createPersistence } from "../core/persistence.js";
import { createScheduler } from "../core/scheduler.js";
import { createCursorTracker } from "../live/cursor.js";
import type { ReceivedEvent } from "../live/incoming.js";
import type { Account } from "../model.js";
import { createOrders } from "./orders.js";
import { entryOf } from "./timeline.js";

const MIRA: Account = { id: "mira", role: "staff", storeId: "main" };

/** The store over a server with one order. Responses wait for `release` after `hold`. */
function setUp() {
  const environment = createFakeEnvironment();
  const requested: string[] = [];
  const served = { order: makeOrder(1), events: [] as unknown[], cursor: "ab:1" };
  let held: (() => void)[] | undefined;
  const api = createApi("http://shop.example", "omit", async (request) => {
    const { pathname } = new URL(request.url);
    if (requested.length > 50) throw new Error("too many requests");
    requested.push(pathname.replace("/api/v1/", "").replace(served.order.id, "1"));
    const { order, events, cursor } = served;
    const body = pathname.endsWith("/orders")
      ? { orders: [order], next: null, cursor }
      : pathname.endsWith("/timeline")
        ? { events, cursor }
        : order;
    // The answer is from when it was requested.
    const answer = Response.json(body);
    await new Promise<void>((resolve) => (held === undefined ? resolve() : held.push(resolve)));
    return answer;
  });
  const scheduler = createScheduler(environment);
  const persistence = createPersistence("", null);
  const cursor = createCursorTracker(environment, persistence, undefined);
  cursor.setAccount(MIRA);
  const store = createOrders({
    api,
    environment,
    persistence,
    scheduler,
    account: () => MIRA,
    maxOrders: 100,
    onRead: cursor.read,
    covers: cursor.covers,
    onOwn: () => undefined,
    onSettled: () => undefined,
    onFailed: () => undefined,
  });
  /** Changes the order on the server. */
  const changeOnServer = (event: ReceivedEvent) => {
    served.order = { ...served.order, status: event.status, version: event.version, updatedAt: event.at };
    served.events = [
      ...served.events,
      entryOf({ ...event, transport: "socket", own: false, missed: false, listed: false, here: false }),
    ];
  };
  const receive = (event: ReceivedEvent) => {
    store.apply({ ...event, own: false, missed: false, listed: false, here: false });
    store.follow();
  };
  const hold = () => (held = []);
  const release = async () => {
    for (const go of held ?? []) go();
    held = undefined;
    await environment.advance(100);
  };
  return { environment, store, cursor, requested, served, changeOnServer, receive, hold, release };
}

const shipped = makeEvent(makeOrder(1), "shipped");

describe("a late response", () => {
  test("is dropped when another person has signed in meanwhile", async () => {
    const { environment, store, hold, release } = setUp();
    store.setAccount(MIRA);
    hold();
    const read = store.fetch(makeOrder(1).id);
    const changed = store.setStatus(makeOrder(1).id, "shipped");
    await environment.advance(0);
    store.setAccount({ ...MIRA, id: "noor" });
    await release();
    await read;
    expect(await changed).toMatchObject({ ok: false, problem: { code: "aborted" } });
    expect(store.get(makeOrder(1).id)).toBeUndefined();
  });
});

describe("an event that arrives during a read", () => {
  test("is shown by a list whose response is older", async () => {
    const { environment, store, requested, changeOnServer, receive, hold, release } = setUp();
    hold();
    store.subscribe(() => undefined);
    await environment.advance(0);
    changeOnServer(shipped);
    receive(shipped);
    await release();
    expect(store.getSnapshot().orders).toMatchObject([{ status: "shipped", version: 2 }]);
    expect(requested).toEqual(["orders", "orders/1"]);
  });

  test("is shown by the order's page, with its timeline entry", async () => {
    const { environment, store, changeOnServer, receive, hold, release } = setUp();
    hold();
    const page = store.track(makeOrder(1).id);
    page.subscribe(() => undefined);
    await environment.advance(0);
    changeOnServer(shipped);
    receive(shipped);
    receive(shipped);
    await release();
    expect(page.getSnapshot()).toMatchObject({ state: "ready", order: { status: "shipped", version: 2 } });
    expect(page.getSnapshot().timeline.map((line) => line.version)).toEqual([2]);
  });

  test("an order that was read before its timeline is read again, with a limit", async () => {
    const { environment, store, requested, served, changeOnServer } = setUp();
    const page = store.track(makeOrder(1).id);
    changeOnServer(shipped);
    served.order = makeOrder(1);
    page.subscribe(() => undefined);
    await environment.advance(500);
    expect(page.getSnapshot()).toMatchObject({ order: { version: 1 }, timeline: [{ version: 2 }] });
    await environment.advance(60_000);
    expect(requested).toHaveLength(4);
    served.order = makeOrder(1, { status: "shipped", version: 2 });
    await page.load();
    expect(page.getSnapshot().order).toMatchObject({ status: "shipped", version: 2 });
  });
});

test("an order that changed without subscribers has its timeline entry for the next subscriber, over polling too", async () => {
  const { environment, store, requested, changeOnServer, receive } = setUp();
  const page = store.track(makeOrder(1).id);
  const leave = page.subscribe(() => undefined);
  await environment.advance(100);
  leave();
  requested.length = 0;
  changeOnServer(shipped);
  receive({ ...shipped, id: "polled", transport: "polling" });
  await environment.advance(5000);
  expect(requested, "without subscribers").toEqual([]);
  expect(page.getSnapshot()).toMatchObject({ state: "ready", order: { status: "shipped" }, timeline: [] });
  page.subscribe(() => undefined);
  await environment.advance(100);
  expect(page.getSnapshot()).toMatchObject({ state: "ready", timeline: [{ version: 2 }] });
  page.subscribe(() => undefined);
  await environment.advance(5000);
  expect(requested, "once").toEqual(["orders/1", "orders/1/timeline"]);
});

test("after a restored backup everything is read again once, before the live connection announces it", async () => {
  const { environment, store, cursor, requested, served } = setUp();
  cursor.opened("ab:1", false);
  const page = store.track(makeOrder(1).id);
  page.subscribe(() => undefined);
  store.subscribe(() => undefined);
  await environment.advance(100);
  requested.length = 0;
  served.cursor = "cd:7";
  await store.load();
  for (let times = 0; times < 20; times += 1) await environment.advance(100);
  expect(requested).toEqual(["orders", "orders", "orders/1", "orders/1/timeline"]);
  store.catchUp();
  await store.load();
  await environment.advance(100);
  expect(requested).toHaveLength(5);
});
