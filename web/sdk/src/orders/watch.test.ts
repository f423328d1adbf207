import { describe, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import { createPipeline } from "../../tests/support/pipeline.js";

describe("a watched order", () => {
  test("notifies only its own subscribers: 10,000 rows and 50 changes per second", async () => {
    const orders = Array.from({ length: 10_000 }, (_, n) => makeOrder(n + 1));
    const { environment, store, receive } = createPipeline(orders);
    const rows = store.rows;
    let rowsNotified = 0;
    rows.subscribe(() => (rowsNotified += 1));
    await environment.advance(100);
    await store.loadAll();
    const { ids } = rows.getSnapshot();
    expect(ids).toHaveLength(10_000);
    await environment.advance(100);
    const notified = new Map<string, number>();
    for (const id of ids) store.watch(id).subscribe(() => notified.set(id, (notified.get(id) ?? 0) + 1));
    await environment.advance(100);
    notified.clear();
    rowsNotified = 0;
    const began = performance.now();
    const changed = new Set<string>();
    for (let tick = 0; tick < 50; tick += 1) {
      const order = makeOrder(1 + ((tick * 7919) % 10_000));
      changed.add(order.id);
      receive(makeEvent(order, "pending", { kind: "delivery.updated", trackingNumber: `T-${tick}` }));
      await environment.advance(20);
    }
    const spent = performance.now() - began;
    expect(new Set(notified.keys())).toEqual(changed);
    expect([...notified.values()].every((times) => times === 1)).toBe(true);
    expect(rowsNotified, "no row was added, removed or moved").toBe(0);
    expect(rows.getSnapshot().ids).toBe(ids);
    console.info(`10,000 watched rows, 50 changes: ${(spent / 50).toFixed(3)} ms each`);
    expect(spent / 50).toBeLessThan(8);
  }, 60_000);

  test("is found by id and by number, and shows our pending change and when it changed", async () => {
    const { environment, store, receive, hold, release } = createPipeline([makeOrder(1)]);
    await store.load();
    const [byId, byNumber] = [store.watch(makeOrder(1).id), store.watch("10001")];
    expect(byId.getSnapshot()).toMatchObject({ order: { number: "10001" }, isPending: false, changedAt: null });
    expect(store.watch("10001")).toBe(byNumber);
    for (const watched of [byId, byNumber]) watched.subscribe(() => undefined);
    hold();
    const run = store.setStatus("10001", "processing");
    for (const watched of [byId, byNumber])
      expect(watched.getSnapshot()).toMatchObject({
        order: { status: "processing", version: 1 },
        isPending: true,
        changedAt: environment.now(),
      });
    await release();
    await run;
    expect(byId.getSnapshot().isPending).toBe(false);
    receive(makeEvent(makeOrder(2), "pending", { kind: "order.created", version: 1 }));
    await environment.advance(100);
    expect(store.watch("10002").getSnapshot()).toMatchObject({ isNew: true, order: { status: "pending" } });
  });

  test("is read when an event leaves it incomplete, and others when somebody begins to watch them", async () => {
    const orders = [makeOrder(1), makeOrder(2)];
    const { environment, store, receive, paths } = createPipeline(orders);
    await store.load();
    const [one, two] = [makeOrder(1), makeOrder(2)];
    store.watch(one.id).subscribe(() => undefined);
    await environment.advance(100);
    paths();
    orders[0] = makeOrder(1, { status: "shipped", version: 2, progress: 70 });
    orders[1] = makeOrder(2, { status: "shipped", version: 2, progress: 70 });
    receive(makeEvent(one, "shipped"), makeEvent(two, "shipped"));
    await environment.advance(100);
    expect(paths()).toEqual([`orders/${one.id}`]);
    expect(store.watch(one.id).getSnapshot().order?.progress).toBe(70);
    expect(store.watch(two.id).getSnapshot().order).toMatchObject({ status: "shipped", progress: 10 });
    store.watch(two.id).subscribe(() => undefined);
    await environment.advance(100);
    expect(paths()).toEqual([`orders/${two.id}`]);
    expect(store.watch(two.id).getSnapshot().order?.progress).toBe(70);
  });

  test("of a list is read in the background, at most five a second", async () => {
    const orders = Array.from({ length: 20 }, (_, n) => makeOrder(n + 1));
    const { environment, store, receive, paths } = createPipeline(orders);
    store.subscribe(() => undefined);
    await environment.advance(100);
    paths();
    receive(...orders.map((order) => makeEvent(order, "shipped")));
    await environment.advance(900);
    expect(paths()).toHaveLength(5);
    await environment.advance(1000);
    expect(paths()).toHaveLength(5);
  });

  test("is read at most five times a second, and an open page at once", async () => {
    const orders = Array.from({ length: 20 }, (_, n) => makeOrder(n + 1));
    const { environment, store, receive, paths } = createPipeline(orders);
    await store.load();
    for (const order of orders.slice(1)) store.watch(order.id).subscribe(() => undefined);
    store.track("10001").subscribe(() => undefined);
    await environment.advance(100);
    paths();
    receive(...[...orders.slice(1), makeOrder(1)].map((order) => makeEvent(order, "shipped")));
    await environment.advance(900);
    const first = paths();
    expect(first).toContain(`orders/${makeOrder(1).id}`);
    expect(first).toHaveLength(6);
    await environment.advance(1000);
    expect(paths()).toHaveLength(5);
  });

  test("is read again after a new history began, and when it could not be read before", async () => {
    const { environment, store, hub, fail } = createPipeline([makeOrder(1), makeOrder(2)]);
    const [one, two] = [store.watch("10001"), store.watch(makeOrder(2).id)];
    one.subscribe(() => undefined);
    await environment.advance(100);
    expect(one.getSnapshot().order).not.toBeNull();
    hub.receive({ type: "reset", reason: "epoch_changed", cursor: "cd:1", orders: [] });
    await environment.advance(100);
    expect(one.getSnapshot().order).toMatchObject({ number: "10001" });
    fail(true);
    two.subscribe(() => undefined);
    await environment.advance(100);
    fail(false);
    store.catchUp();
    await environment.advance(100);
    expect(two.getSnapshot().order).toMatchObject({ number: "10002" });
  });
});
