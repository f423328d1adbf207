import { describe, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import { createPipeline, numbersOf } from "../../tests/support/pipeline.js";
import { createListRows } from "./listRows.js";
import { COMPARE } from "./sort.js";

const nothing = () => undefined;
const total = (amount: number) => ({ total: { amount, currency: "EUR" } });

describe("a sorted list", () => {
  test("is exact once everything was read, and rows move as their orders change", async () => {
    const orders = Array.from({ length: 450 }, (_, n) => makeOrder(n + 1, total((n * 7919) % 1000)));
    const { environment, store, receive } = createPipeline(orders);
    const dearest = store.list({}, { sort: "total-high" });
    const changed = store.list({}, { sort: "changed" });
    for (const list of [dearest, changed]) list.rows.subscribe(nothing);
    await environment.advance(100);
    await dearest.loadAll();
    await changed.loadAll();
    expect(dearest.rows.getSnapshot()).toMatchObject({ state: "ready", hasMore: false });
    const amounts = dearest.getSnapshot().orders.map((order) => order.total?.amount ?? 0);
    expect(amounts).toEqual([...amounts].sort((a, b) => b - a));
    expect(amounts).toHaveLength(450);
    const later = { at: "2030-01-01T00:00:00Z" };
    receive(makeEvent(makeOrder(7), "pending", { kind: "delivery.updated", ...later }));
    await environment.advance(100);
    expect(changed.rows.getSnapshot().ids[0]).toBe(makeOrder(7).id);
    expect(new Set(changed.rows.getSnapshot().ids).size).toBe(450);
  });

  test("with the filter of a loaded list continues from what that list has read", async () => {
    const orders = Array.from({ length: 250 }, (_, n) => makeOrder(n + 1));
    const { environment, store, paths } = createPipeline(orders);
    store.rows.subscribe(nothing);
    await environment.advance(100);
    await store.loadAll();
    paths();
    const oldest = store.list({}, { sort: "oldest" });
    oldest.rows.subscribe(nothing);
    expect(oldest.rows.getSnapshot()).toMatchObject({ state: "ready", hasMore: false });
    expect(numbersOf(oldest.getSnapshot().orders).slice(0, 2)).toEqual([10_001, 10_002]);
    await environment.advance(1000);
    expect(paths()).toEqual([]);
  });

  test("keeps its rows sorted whatever happens to them", () => {
    const rows = createListRows(COMPARE["total-low"]);
    rows.replace([3, 1, 2].map((n) => makeOrder(n, total(n))));
    const first = rows.orders();
    rows.add([makeOrder(4, total(0)), makeOrder(1, total(9))]);
    rows.set(makeOrder(2, total(99)));
    expect(numbersOf(rows.orders())).toEqual([10_004, 10_001, 10_003, 10_002]);
    expect(numbersOf(first), "arrays handed out do not change").toEqual([10_001, 10_002, 10_003]);
    const ids = rows.ids();
    rows.set(makeOrder(3, { ...total(3), version: 2 }));
    expect(rows.ids()).toBe(ids);
    expect(rows.oldest()?.number).toBe("10001");
    expect([rows.remove(makeOrder(1).id), rows.remove(makeOrder(1).id)]).toEqual([true, false]);
    rows.add(Array.from({ length: 60 }, (_, n) => makeOrder(n + 10, total(n))));
    expect(rows.size).toBe(63);
    expect(rows.orders()).toEqual([...rows.orders()].sort(COMPARE["total-low"]));
  });
});

describe("a list that the server sorts", () => {
  const ids = (...numbers: number[]) => numbers.map((n) => makeOrder(n).id);
  const created = (n: number, amount: number) =>
    [makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }), makeOrder(n, total(amount))] as const;

  test("begins with the right orders, and pages in the same order", async () => {
    const orders = Array.from({ length: 450 }, (_, n) => makeOrder(n + 1, total((n * 7919) % 1000)));
    for (const sort of ["oldest", "total-high", "total-low", "changed"] as const) {
      const { environment, store, requests } = createPipeline(orders);
      store.rows.subscribe(nothing);
      await environment.advance(100);
      requests.length = 0;
      const list = store.list({}, { sort });
      list.rows.subscribe(nothing);
      await environment.advance(100);
      const expected = [...orders].sort(COMPARE[sort]);
      expect(numbersOf(list.getSnapshot().orders)).toEqual(numbersOf(expected.slice(0, 100)));
      await list.loadMore();
      expect(numbersOf(list.getSnapshot().orders)).toEqual(numbersOf(expected.slice(0, 300)));
      expect(requests.map((url) => [url.searchParams.get("sort"), url.searchParams.get("page")])).toEqual([
        [sort, null],
        [sort, "100"],
      ]);
    }
  });

  test("by changes has whatever changed at the top, also an order that was not read before", async () => {
    const orders = Array.from({ length: 150 }, (_, n) =>
      makeOrder(n + 1, { updatedAt: new Date(Date.UTC(2026, 0, 1) + n).toISOString() }),
    );
    const { environment, store, receive } = createPipeline(orders);
    const changed = store.list({}, { sort: "changed" });
    changed.rows.subscribe(nothing);
    await environment.advance(100);
    expect(changed.rows.getSnapshot().ids).toEqual(ids(...Array.from({ length: 100 }, (_, n) => 150 - n)));
    const at = "2030-01-01T00:00:00.000Z";
    orders[6] = makeOrder(7, { updatedAt: at, version: 2, status: "processing" });
    receive(makeEvent(orders[6], "pending", { at }));
    await environment.advance(1000);
    expect(changed.rows.getSnapshot().ids.slice(0, 2)).toEqual(ids(7, 150));
  });

  test("shows a new order in its place, and not beyond what was read", async () => {
    const orders = Array.from({ length: 150 }, (_, n) => makeOrder(n + 1, total(1000 - n)));
    const { environment, store, hub } = createPipeline(orders);
    const [dearest, oldest] = [store.list({}, { sort: "total-high" }), store.list({}, { sort: "oldest" })];
    for (const list of [dearest, oldest]) list.rows.subscribe(nothing);
    await environment.advance(100);
    for (const [event, order] of [created(151, 999), created(152, 1)]) {
      orders.push(order);
      hub.receive({ type: "event", event, order });
    }
    await environment.advance(100);
    expect(dearest.rows.getSnapshot().ids.slice(0, 3)).toEqual(ids(1, 151, 2));
    expect(dearest.rows.getSnapshot().ids).toHaveLength(101);
    expect(oldest.rows.getSnapshot().ids.at(-1)).toBe(makeOrder(100).id);
    for (const list of [dearest, oldest]) await list.loadAll();
    expect(dearest.rows.getSnapshot().ids.at(-1)).toBe(makeOrder(152).id);
    expect(oldest.rows.getSnapshot().ids.slice(-2)).toEqual(ids(151, 152));
  });

  test("has an order that arrived live while the page that contains it was being read", async () => {
    const orders = Array.from({ length: 150 }, (_, n) => makeOrder(n + 1, total(1000 - n)));
    const { environment, store, hub, hold, release } = createPipeline(orders);
    const dearest = store.list({}, { sort: "total-high" });
    dearest.rows.subscribe(nothing);
    await environment.advance(100);
    hold();
    const more = dearest.loadMore();
    const [event, order] = created(151, 880);
    hub.receive({ type: "event", event, order });
    await environment.advance(100);
    await release();
    await more;
    expect(dearest.rows.getSnapshot().ids).toEqual([
      ...ids(...orders.map((_, n) => n + 1)).toSpliced(120, 0, order.id),
    ]);
  });

  test("keeps its oldest rows while the cache evicts the oldest orders", async () => {
    const orders = Array.from({ length: 300 }, (_, n) => makeOrder(n + 1));
    const { environment, store, hub } = createPipeline(orders, { maxOrders: 150 });
    const oldest = store.list({}, { sort: "oldest" });
    oldest.rows.subscribe(nothing);
    await environment.advance(100);
    for (let n = 301; n <= 600; n += 1) {
      orders.push(makeOrder(n));
      const [event, order] = created(n, 500);
      hub.receive({ type: "event", event, order });
      if (n % 50 === 0) await environment.advance(100);
    }
    expect(oldest.rows.getSnapshot().ids).toEqual(ids(...Array.from({ length: 100 }, (_, n) => n + 1)));
    expect([store.get("10600"), store.get("10350")].map((order) => order?.number)).toEqual(["10600", undefined]);
  });
});

describe("a filtered list", () => {
  test("shows what is known while its first page is loading", async () => {
    const { environment, store, hold, release } = createPipeline([
      makeOrder(1, { status: "shipped" }),
      makeOrder(2),
      makeOrder(3, { status: "shipped" }),
    ]);
    store.rows.subscribe(nothing);
    await environment.advance(100);
    hold();
    const shipped = store.list({ status: ["shipped"] });
    shipped.rows.subscribe(nothing);
    await environment.advance(100);
    expect(shipped.rows.getSnapshot()).toMatchObject({ state: "loading", ids: [makeOrder(3).id, makeOrder(1).id] });
    await release();
    expect(shipped.rows.getSnapshot()).toMatchObject({ state: "ready", ids: [makeOrder(3).id, makeOrder(1).id] });
  });

  test("that searches shows a new order that matches by its address, which events do not carry", async () => {
    const orders = [makeOrder(1, { customer: { id: "anna", name: "Anna Berg" } })];
    const { environment, store, receive } = createPipeline(orders);
    const found = store.list({ q: "anna" });
    found.rows.subscribe(nothing);
    await environment.advance(100);
    const address = { name: "Anna Berg", line1: "1 Main Street", city: "Pune", country: "IN" };
    orders.push(
      makeOrder(2, { shippingAddress: address }),
      makeOrder(3, { shippingAddress: { ...address, name: "Jo" } }),
    );
    for (const n of [2, 3]) receive(makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 }));
    await environment.advance(1000);
    expect(found.rows.getSnapshot().ids).toEqual([makeOrder(2).id, makeOrder(1).id]);
  });

  test("keeps a row that no longer matches for a moment, marked as leaving", async () => {
    const { environment, store, receive } = createPipeline([makeOrder(1), makeOrder(2)]);
    const pending = store.list({ status: ["pending"] }, { lingerMs: 1800 });
    pending.rows.subscribe(nothing);
    await environment.advance(100);
    receive(makeEvent(makeOrder(1), "processing"), makeEvent(makeOrder(2), "processing"));
    await environment.advance(100);
    const { ids, leaving } = pending.rows.getSnapshot();
    expect([ids.length, leaving.size]).toEqual([2, 2]);
    receive(makeEvent(makeOrder(2), "pending", { version: 3 }));
    await environment.advance(2000);
    expect(pending.rows.getSnapshot()).toMatchObject({ ids: [makeOrder(2).id], leaving: new Set() });
  });

  test("keeps a row for the whole time each time it stops matching", async () => {
    const { environment, store, receive } = createPipeline([makeOrder(1)]);
    const pending = store.list({ status: ["pending"] }, { lingerMs: 1800 });
    pending.rows.subscribe(nothing);
    await environment.advance(100);
    receive(makeEvent(makeOrder(1), "processing"));
    await environment.advance(1000);
    receive(makeEvent(makeOrder(1), "pending", { version: 3 }));
    await environment.advance(500);
    receive(makeEvent(makeOrder(1), "processing", { version: 4 }));
    await environment.advance(1500);
    expect(pending.rows.getSnapshot().ids).toHaveLength(1);
    await environment.advance(500);
    expect(pending.rows.getSnapshot().ids).toEqual([]);
  });

  test("reads single orders again that the server does not return any more", async () => {
    const orders = [makeOrder(1), makeOrder(2)];
    const { environment, store, paths } = createPipeline(orders);
    const pending = store.list({ status: ["pending"] });
    pending.subscribe(nothing);
    await environment.advance(100);
    orders[0] = makeOrder(1, { status: "shipped", version: 2 });
    paths();
    await pending.load();
    await environment.advance(100);
    expect(paths()).toEqual(["orders", `orders/${makeOrder(1).id}`]);
    expect(numbersOf(pending.getSnapshot().orders)).toEqual([10_002]);
  });
});

test("two callers of loadAll share the requests", async () => {
  const { environment, store, paths } = createPipeline(Array.from({ length: 500 }, (_, n) => makeOrder(n + 1)));
  store.rows.subscribe(nothing);
  await environment.advance(100);
  await Promise.all([store.loadAll(), store.loadMore(), store.loadAll()]);
  expect(store.rows.getSnapshot().ids).toHaveLength(500);
  expect(paths()).toEqual(["orders", "orders", "orders"]);
});

test("loadAll loads everything, also where the first page is requested again meanwhile", async () => {
  const { environment, store, hold, release } = createPipeline(Array.from({ length: 500 }, (_, n) => makeOrder(n + 1)));
  hold();
  store.rows.subscribe(nothing);
  const all = store.loadAll();
  await environment.advance(100);
  const again = store.load();
  await environment.advance(100);
  await release(1);
  await release();
  await Promise.all([all, again]);
  expect(store.rows.getSnapshot()).toMatchObject({ state: "ready", hasMore: false });
  expect(store.rows.getSnapshot().ids).toHaveLength(500);
});

test("a page that could not be loaded is loaded when the connection is back", async () => {
  const { environment, store, fail } = createPipeline(Array.from({ length: 500 }, (_, n) => makeOrder(n + 1)));
  store.rows.subscribe(nothing);
  await environment.advance(100);
  fail(true);
  await store.loadAll();
  expect(store.rows.getSnapshot()).toMatchObject({ state: "ready", error: { code: "network" } });
  fail(false);
  store.catchUp();
  await environment.advance(100);
  expect(store.rows.getSnapshot()).toMatchObject({ state: "ready", error: null });
  expect(store.rows.getSnapshot().ids).toHaveLength(300);
});

test("a list that could not be read again keeps the pages it had", async () => {
  const { environment, store, fail } = createPipeline(Array.from({ length: 500 }, (_, n) => makeOrder(n + 1)));
  store.rows.subscribe(nothing);
  await environment.advance(100);
  await store.loadAll();
  fail(true);
  await store.load();
  expect(store.rows.getSnapshot()).toMatchObject({ state: "error" });
  fail(false);
  await store.load();
  expect(store.rows.getSnapshot()).toMatchObject({ state: "ready", hasMore: false });
  expect(store.rows.getSnapshot().ids).toHaveLength(500);
});

test("a list that is read again keeps the pages it had", async () => {
  const orders = Array.from({ length: 700 }, (_, n) => makeOrder(n + 1));
  const { environment, store } = createPipeline(orders);
  store.subscribe(nothing);
  await environment.advance(100);
  await store.loadMore();
  expect(store.getSnapshot().orders).toHaveLength(300);
  orders[0] = makeOrder(1, { status: "shipped", version: 2 });
  orders[450] = makeOrder(451, { status: "shipped", version: 2 });
  await store.load();
  expect(store.getSnapshot().orders).toHaveLength(300);
  expect(store.get("10451")).toMatchObject({ status: "shipped" });
  await store.loadAll();
  expect(store.getSnapshot()).toMatchObject({ hasMore: false });
  expect(numbersOf(store.getSnapshot().orders)).toEqual(numbersOf(orders).reverse());
});
