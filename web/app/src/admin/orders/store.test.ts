import { describe, expect, it } from "vitest";
import { NO_FILTERS, type OrderFilters } from "./filters";
import type { View } from "./visibleRows";
import type { EventData, OrderData } from "./row";
import { LEAVING_MS, createRowStore, type RowStore } from "./store";

/** A store whose clock and microtasks are driven by the test. */
function createTestStore(view: Partial<View> = {}) {
  const frames: (() => void)[] = [];
  const timers: { at: number; run: () => void }[] = [];
  let now = 1_000;
  const schedule = {
    afterTask: (run: () => void) => void frames.push(run),
    afterDelay: (run: () => void, ms: number) => void timers.push({ at: now + ms, run }),
    now: () => now,
  };
  const store = createRowStore(schedule, { filters: NO_FILTERS, bounds: {}, minSortKey: 0, found: undefined, ...view });
  return {
    store,
    frames,
    frame: () => frames.splice(0).forEach((run) => run()),
    pass(ms: number) {
      now += ms;
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
    },
  };
}

const order = (sortKey: number, more: Partial<OrderData> = {}): OrderData => ({
  id: `id-${sortKey}`,
  number: String(sortKey),
  status: "pending",
  version: 1,
  createdAt: `2026-11-21T10:00:${String(sortKey % 60).padStart(2, "0")}.000Z`,
  updatedAt: `2026-11-21T10:00:${String(sortKey % 60).padStart(2, "0")}.000Z`,
  items: [{ productId: "p1", name: "Tea", quantity: 2 }],
  total: { amount: sortKey * 100, currency: "EUR" },
  shipments: [],
  ...more,
});

const event = (sortKey: number, version: number, more: Partial<EventData> = {}): EventData => ({
  kind: version === 1 ? "order.created" : "order.status_changed",
  at: `2026-11-21T11:00:${String(sortKey % 60).padStart(2, "0")}.000Z`,
  orderId: `id-${sortKey}`,
  orderNumber: String(sortKey),
  version,
  status: "pending",
  ...more,
});

const numbers = (store: RowStore) => store.ids().map((id) => Number(store.state(id)?.row.number));
const only = (more: Partial<OrderFilters>) => ({ filters: { ...NO_FILTERS, ...more } });

describe("the rows of the live table", () => {
  it("adds a new order on top", () => {
    const { store, frame } = createTestStore();
    store.add([order(2), order(1)]);
    store.apply(event(3, 1));
    expect(numbers(store)).toEqual([2, 1]);
    frame();
    expect(numbers(store)).toEqual([3, 2, 1]);
    expect(store.state("id-3")?.isNew).toBe(true);
  });

  it("applies all queued events at once", () => {
    const { store, frames, frame } = createTestStore();
    store.add([order(1)]);
    let redrawn = 0;
    store.subscribe(() => (redrawn += 1));
    for (let sortKey = 2; sortKey <= 100; sortKey += 1) store.apply(event(sortKey, 1));
    expect(frames).toHaveLength(1);
    frame();
    expect(redrawn).toBe(1);
    expect(numbers(store)).toEqual(Array.from({ length: 100 }, (_, at) => 100 - at));
  });

  it("notifies only the row that changed, not the list", () => {
    const { store, frame } = createTestStore();
    store.add([order(2), order(1)]);
    const notified: string[] = [];
    store.subscribe(() => notified.push("list"));
    store.subscribeRow("id-1", () => notified.push("1"));
    store.subscribeRow("id-2", () => notified.push("2"));
    store.apply(event(1, 2, { status: "shipped" }));
    frame();
    expect(notified).toEqual(["1"]);
    expect(store.state("id-1")?.row.status).toBe("shipped");
  });

  it("never moves an order backwards or shows it twice", () => {
    const { store, frame } = createTestStore();
    store.add([order(1, { version: 3, status: "shipped" })]);
    store.apply(event(1, 2, { status: "processing" }));
    store.apply(event(1, 1));
    frame();
    expect(store.state("id-1")?.row).toMatchObject({ status: "shipped", version: 3 });
    store.add([order(1, { version: 2, status: "processing" })]);
    expect(store.state("id-1")?.row.status).toBe("shipped");
    expect(numbers(store)).toEqual([1]);
  });

  it("keeps a row that no longer matches visible for a moment", () => {
    const { store, frame, pass } = createTestStore(only({ statuses: ["pending"] }));
    store.add([order(2), order(1)]);
    store.apply(event(2, 2, { status: "processing" }));
    frame();
    expect(numbers(store)).toEqual([2, 1]);
    expect(store.state("id-2")?.isLeaving).toBe(true);
    pass(LEAVING_MS);
    expect(numbers(store)).toEqual([1]);
    expect(store.state("id-2")?.isLeaving).toBe(false);
  });

  it("keeps a row that matches again before it was removed", () => {
    const { store, frame, pass } = createTestStore(only({ statuses: ["pending"] }));
    store.add([order(1)]);
    store.apply(event(1, 2, { status: "processing" }));
    frame();
    store.apply(event(1, 3, { status: "pending" }));
    frame();
    pass(LEAVING_MS);
    expect(numbers(store)).toEqual([1]);
    expect(store.state("id-1")?.isLeaving).toBe(false);
  });

  it("inserts a known order at its position", () => {
    const { store, frame } = createTestStore(only({ statuses: ["shipped"] }));
    store.add([order(3, { status: "shipped" }), order(2), order(1, { status: "shipped" })]);
    expect(numbers(store)).toEqual([3, 1]);
    store.apply(event(2, 2, { status: "shipped" }));
    frame();
    expect(numbers(store)).toEqual([3, 2, 1]);
  });

  it("asks for an unknown order", () => {
    const { store, frame } = createTestStore();
    const unknown: string[] = [];
    store.onUnknown((orders) => unknown.push(...orders.map((each) => each.orderNumber)));
    store.apply(event(7, 4, { status: "shipped" }));
    frame();
    expect(unknown).toEqual(["7"]);
    expect(numbers(store)).toEqual([]);
  });

  it("leaves matching a search to the server, even for a new order", () => {
    const { store, frame } = createTestStore({ found: new Set(["id-1"]) });
    const unknown: string[] = [];
    store.onUnknown((orders) => unknown.push(...orders.map((each) => each.orderNumber)));
    store.add([order(2), order(1)]);
    store.apply(event(3, 1));
    frame();
    expect(numbers(store)).toEqual([1]);
    expect(unknown).toEqual(["3"]);
  });

  it("shows nothing below the last loaded page", () => {
    const { store } = createTestStore();
    store.add([order(9), order(8), order(2)]);
    store.setView({ ...store.view(), minSortKey: 8 });
    expect(numbers(store)).toEqual([9, 8]);
    store.setView({ ...store.view(), minSortKey: 0 });
    expect(numbers(store)).toEqual([9, 8, 2]);
  });

  it("keeps the sort order while rows change", () => {
    const { store, frame } = createTestStore(only({ sort: "changed" }));
    store.add([order(3), order(2), order(1)]);
    expect(numbers(store)).toEqual([3, 2, 1]);
    store.apply(event(1, 2, { status: "shipped" }));
    frame();
    expect(numbers(store)).toEqual([1, 3, 2]);
    store.setView({ ...store.view(), ...only({ sort: "total-low" }) });
    expect(numbers(store)).toEqual([1, 2, 3]);
    store.setView({ ...store.view(), ...only({ sort: "total-high" }) });
    expect(numbers(store)).toEqual([3, 2, 1]);
  });

  it("agrees with sorting all rows again, for any sequence of events", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    const statuses = ["pending", "processing", "shipped", "delivered"] as const;
    for (const sort of ["newest", "oldest", "changed", "total-high"] as const) {
      const filters = only({ sort, statuses: ["pending", "shipped"] });
      const { store, frame, pass } = createTestStore(filters);
      store.add(Array.from({ length: 50 }, (_, at) => order(at + 1)));
      let next = 51;
      for (let step = 0; step < 600; step += 1) {
        if (random(4) === 0) store.apply(event(next++, 1, { total: { amount: random(9_000), currency: "EUR" } }));
        else {
          const sortKey = 1 + random(next - 1);
          const version = 2 + random(40);
          store.apply(
            event(sortKey, version, {
              status: statuses[random(4)] ?? "pending",
              at: `2026-11-21T11:${10 + random(50)}:00.000Z`,
            }),
          );
        }
        if (random(3) === 0) frame();
        if (random(5) === 0) pass(400);
      }
      frame();
      pass(LEAVING_MS);
      const left = store.ids();
      store.setView({ ...store.view() });
      expect(store.ids(), sort).toEqual(left);
    }
  });
});

describe("an optimistic status", () => {
  it("is rolled back when the request is refused", () => {
    const { store } = createTestStore();
    store.add([order(1)]);
    store.setPendingStatus("id-1", "shipped");
    expect(store.state("id-1")).toMatchObject({ pendingStatus: "shipped", row: { status: "pending" } });
    store.setPendingStatus("id-1", undefined);
    expect(store.state("id-1")?.pendingStatus).toBeUndefined();
  });

  it("is settled by the confirming event", () => {
    const { store, frame } = createTestStore();
    store.add([order(1)]);
    store.setPendingStatus("id-1", "shipped");
    store.apply(event(1, 2, { status: "shipped" }));
    frame();
    expect(store.state("id-1")).toMatchObject({ pendingStatus: undefined, row: { status: "shipped" } });
  });
});
