// A table over a shop of so many orders, for tests.

import { NO_FILTERS, type OrderFilters, type OrderQuery } from "./filters";
import { createLoader } from "./loader";
import type { EventData, OrderData } from "./row";
import { createRowStore } from "./store";
import type { Status } from "./status";

const PAGE = 3;

/** A shop with so many orders that answers as the API does, three to a page. */
function shop(count: number) {
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
  const asked: string[] = [];
  let broken = false;
  let held: Promise<void> | undefined;
  const source = {
    list: async (query: OrderQuery & { page?: string }) => {
      asked.push(new URLSearchParams({ ...query }).toString());
      if (broken) throw new Error("away");
      const statuses = query.status?.split(",");
      const matching = orders
        .filter((order) => Number(order.number) < Number(query.page ?? Infinity))
        .filter((order) => !statuses || statuses.includes(order.status))
        .filter((order) => !query.q || order.number.startsWith(query.q));
      const page = matching.slice(0, PAGE);
      await held;
      return { orders: page, next: matching.length > PAGE ? (page.at(-1)?.number ?? null) : null };
    },
    get: async (id: string) => {
      asked.push(id);
      const order = orders.find((each) => each.id === id);
      if (!order) throw new Error("no such order");
      await held;
      return order;
    },
  };
  /** From now on what was read comes late, as it was; returns how to let it come. */
  const holds = () => {
    let release = () => {};
    held = new Promise((done) => (release = done));
    return () => {
      held = undefined;
      release();
    };
  };
  return { orders, asked, source, holds, breaks: (now: boolean) => (broken = now) };
}

export function table(count: number) {
  const server = shop(count);
  const timers: (() => void)[] = [];
  const frames: (() => void)[] = [];
  const later = (run: () => void) => void timers.push(run);
  const store = createRowStore(
    { soon: (run) => void frames.push(run), later, now: () => 0 },
    { filters: NO_FILTERS, bounds: {}, reach: Infinity, found: undefined },
  );
  const loader = createLoader(store, server.source, () => 0, later);
  const open = (more: Partial<OrderFilters> = {}) => loader.open({ ...NO_FILTERS, ...more }, "UTC");
  const numbers = () => store.ids().map((id) => Number(id.slice(3)));
  const settled = () => new Promise<void>((done) => setTimeout(done));
  return {
    ...server,
    store,
    loader,
    open,
    numbers,
    hear(...events: EventData[]) {
      for (const event of events) store.apply(event);
      for (const run of frames.splice(0)) run();
    },
    status: (place: number) => store.state(`id-${place}`)?.row.status,
    /** What was put aside since then, with the next frame. */
    drawn() {
      for (const run of frames.splice(0)) run();
    },
    async gathered() {
      for (const run of timers.splice(0)) run();
      await settled();
    },
    settled,
  };
}

export const moved = (place: number, status: Status): EventData => ({
  kind: "order.status_changed",
  at: "2026-11-21T11:00:00Z",
  orderId: `id-${place}`,
  orderNumber: String(place),
  version: 2,
  status,
});
