// A table over a fake shop, for tests.

import { NO_FILTERS, type OrderFilters, type OrderQuery } from "./filters";
import { createLoader } from "./loader";
import type { EventData, OrderData } from "./row";
import { createRowStore } from "./store";
import type { Status } from "./status";

const PAGE = 3;

/** A shop of `count` orders that answers like the API, three orders to a page. */
function createTestShop(count: number) {
  const orders: OrderData[] = Array.from({ length: count }, (_, at) => ({
    id: `id-${count - at}`,
    number: String(count - at),
    status: (at % 2 === 0 ? "pending" : "shipped") as Status,
    version: 1,
    createdAt: "2026-11-21T10:00:00Z",
    updatedAt: "2026-11-21T10:00:00Z",
    items: [],
    shipments: [],
  }));
  const requests: string[] = [];
  let isFailing = false;
  let gate: Promise<void> | undefined;
  const source = {
    list: async (query: OrderQuery & { page?: string }) => {
      requests.push(new URLSearchParams({ ...query }).toString());
      if (isFailing) throw new Error("away");
      const statuses = query.status?.split(",");
      const matching = orders
        .filter((order) => Number(order.number) < Number(query.page ?? Infinity))
        .filter((order) => !statuses || statuses.includes(order.status))
        .filter((order) => !query.q || order.number.startsWith(query.q));
      const page = matching.slice(0, PAGE);
      await gate;
      return { orders: page, next: matching.length > PAGE ? (page.at(-1)?.number ?? null) : null };
    },
    get: async (id: string) => {
      requests.push(id);
      const order = orders.find((each) => each.id === id);
      if (!order) throw new Error("no such order");
      await gate;
      return order;
    },
  };
  /** Delays all responses until the returned function is called. The data is read when the request arrives. */
  const holdResponses = () => {
    let release = () => {};
    gate = new Promise((done) => (release = done));
    return () => {
      gate = undefined;
      release();
    };
  };
  return { orders, requests, source, holdResponses, setFailing: (now: boolean) => (isFailing = now) };
}

export function createTestTable(count: number) {
  const server = createTestShop(count);
  const timers: (() => void)[] = [];
  const microtasks: (() => void)[] = [];
  const afterDelay = (run: () => void) => void timers.push(run);
  const store = createRowStore(
    { afterTask: (run) => void microtasks.push(run), afterDelay, now: () => 0 },
    { filters: NO_FILTERS, bounds: {}, minSortKey: Infinity, found: undefined },
  );
  const loader = createLoader(store, server.source, () => 0, afterDelay);
  const open = (more: Partial<OrderFilters> = {}) => loader.open({ ...NO_FILTERS, ...more }, "UTC");
  const numbers = () => store.ids().map((id) => Number(id.slice(3)));
  const settled = () => new Promise<void>((done) => setTimeout(done));
  return {
    ...server,
    store,
    loader,
    open,
    numbers,
    receive(...events: EventData[]) {
      for (const event of events) store.apply(event);
      for (const run of microtasks.splice(0)) run();
    },
    status: (sortKey: number) => store.state(`id-${sortKey}`)?.row.status,
    /** Applies the queued events. */
    flushFrames() {
      for (const run of microtasks.splice(0)) run();
    },
    async runTimers() {
      for (const run of timers.splice(0)) run();
      await settled();
    },
    settled,
  };
}

export const statusChanged = (sortKey: number, status: Status): EventData => ({
  kind: "order.status_changed",
  at: "2026-11-21T11:00:00Z",
  orderId: `id-${sortKey}`,
  orderNumber: String(sortKey),
  version: 2,
  status,
});
