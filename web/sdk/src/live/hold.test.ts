// Events are delivered only after the lists on the screen show their order.

import { describe, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import { createPipeline, numbersOf } from "../../tests/support/pipeline.js";

const placed = (n: number) => makeEvent(makeOrder(n), "pending", { kind: "order.created", version: 1 });

describe("an event whose order is not on the screen yet", () => {
  test("is held while a list loads after a reset, and delivered when the list shows its order", async () => {
    const { environment, store, hub, events, receive, hold, release } = createPipeline([makeOrder(1)]);
    store.subscribe(() => undefined);
    await environment.advance(100);
    hold();
    hub.receive({ type: "reset", reason: "epoch_changed", cursor: "cd:1", orders: [] });
    receive(placed(2));
    await environment.advance(1000);
    expect(store.getSnapshot()).toMatchObject({ state: "loading" });
    expect(events).toEqual([]);
    expect(store.activity.getSnapshot().newCount, "the badge waits as well").toBe(0);
    let listed: number[] = [];
    hub.onEvent(() => (listed = numbersOf(store.getSnapshot().orders)));
    await release();
    expect(events.map((event) => event.orderNumber)).toEqual(["10002"]);
    expect(listed).toEqual([10_002, 10_001]);
    expect(store.activity.getSnapshot().newCount).toBe(1);
  });

  test("is held while its order is being read, together with later events of that order only", async () => {
    const orders = [makeOrder(1), makeOrder(2)];
    const { environment, store, events, receive, hold, release } = createPipeline(orders);
    store.subscribe(() => undefined);
    await environment.advance(100);
    orders.push(makeOrder(3, { version: 3, status: "shipped" }));
    hold();
    const unknown = makeOrder(3);
    receive(
      makeEvent(unknown, "processing", { version: 2 }),
      makeEvent(makeOrder(1), "processing"),
      makeEvent(unknown, "shipped", { version: 3 }),
    );
    await environment.advance(1000);
    expect(events.map((event) => event.orderNumber)).toEqual(["10001"]);
    await release();
    expect(events.map(({ orderNumber, version }) => [orderNumber, version])).toEqual([
      ["10001", 2],
      ["10003", 2],
      ["10003", 3],
    ]);
    expect(numbersOf(store.getSnapshot().orders)).toEqual([10_003, 10_002, 10_001]);
  });

  test("is held while the notification center loads", async () => {
    const { environment, inbox, events, receive, hold, release } = createPipeline([]);
    hold();
    inbox.subscribe(() => undefined);
    receive(placed(1));
    await environment.advance(100);
    expect(events).toEqual([]);
    await release();
    expect(events).toHaveLength(1);
  });

  test("is delivered without a list, when the list cannot be loaded, and after ten seconds at the latest", async () => {
    const without = createPipeline([]);
    without.receive(placed(1));
    await without.environment.advance(100);
    expect(without.events).toHaveLength(1);
    const late = createPipeline([]);
    late.hold();
    late.store.subscribe(() => undefined);
    late.receive(placed(1));
    await late.environment.advance(9900);
    expect(late.events).toEqual([]);
    await late.environment.advance(200);
    expect(late.events).toHaveLength(1);
  });
});
