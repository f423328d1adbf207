import { describe, expect, it } from "vitest";
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
      return { orders: page, next: matching.length > PAGE ? (page.at(-1)?.number ?? null) : null };
    },
    get: async (id: string) => {
      asked.push(id);
      const order = orders.find((each) => each.id === id);
      if (!order) throw new Error("no such order");
      return order;
    },
  };
  return { orders, asked, source, breaks: (now: boolean) => (broken = now) };
}

function table(count: number) {
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
    async gathered() {
      for (const run of timers.splice(0)) run();
      await settled();
    },
    settled,
  };
}

const moved = (place: number, status: Status): EventData => ({
  kind: "order.status_changed",
  at: "2026-11-21T11:00:00Z",
  orderId: `id-${place}`,
  orderNumber: String(place),
  version: 2,
  status,
});

describe("the table's pages", () => {
  it("come one after the other, and an end", async () => {
    const { loader, open, numbers } = table(7);
    await open();
    expect(numbers()).toEqual([7, 6, 5]);
    expect(loader.state()).toEqual({ phase: "idle", complete: false });
    await Promise.all([loader.more(), loader.more()]);
    expect(numbers()).toEqual([7, 6, 5, 4, 3, 2]);
    await loader.more();
    expect(numbers()).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(loader.state()).toEqual({ phase: "idle", complete: true });
  });

  it("show what is known of other filters at once, without a gap", async () => {
    const { open, numbers, loader, asked } = table(12);
    await open();
    await loader.more();
    const opened = open({ statuses: ["pending"] });
    expect(numbers()).toEqual([12, 10, 8]);
    await opened;
    expect(numbers()).toEqual([12, 10, 8]);
    await loader.more();
    expect(numbers()).toEqual([12, 10, 8, 6, 4, 2]);
    expect(asked.at(-1)).toBe("status=pending&page=8");
  });

  it("are all read for a sort that needs them all", async () => {
    const { open, numbers, settled, loader } = table(8);
    await open({ sort: "oldest" });
    while (!loader.state().complete) await settled();
    expect(numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("are not read again for other filters when all are known", async () => {
    const { open, loader, asked, numbers } = table(7);
    await open();
    while (!loader.state().complete) await loader.more();
    const before = asked.length;
    await open({ statuses: ["pending"] });
    expect(loader.state().complete).toBe(true);
    expect(numbers()).toEqual([7, 5, 3, 1]);
    expect(asked.slice(before)).toEqual(["status=pending"]);
  });

  it("say when they could not be read, and go on when asked again", async () => {
    const { open, breaks, loader, numbers } = table(5);
    await open();
    breaks(true);
    await loader.more();
    expect(loader.state()).toMatchObject({ phase: "failed", complete: false });
    expect(numbers()).toEqual([5, 4, 3]);
    breaks(false);
    await loader.more();
    expect(numbers()).toEqual([5, 4, 3, 2, 1]);
  });

  it("forget an answer that comes after other filters were chosen", async () => {
    const { open, numbers } = table(6);
    const first = open({ statuses: ["shipped"] });
    await open({ statuses: ["pending"] });
    await first;
    expect(numbers()).toEqual([6, 4, 2]);
  });
});

describe("what a live event names and no page has brought", () => {
  it("is asked for when it belongs among what is shown", async () => {
    const { open, hear, gathered, numbers, orders, asked } = table(9);
    await open({ statuses: ["shipped"] });
    expect(numbers()).toEqual([8, 6, 4]);
    orders.splice(4, 1, { ...orders[4], status: "shipped", version: 2 } as OrderData);
    hear(moved(5, "shipped"));
    await gathered();
    expect(asked.at(-1)).toBe("id-5");
    expect(numbers()).toEqual([8, 6, 5, 4]);
  });

  it("is left for its page when it is older, or fits no filter", async () => {
    const { open, hear, gathered, asked } = table(9);
    await open({ statuses: ["shipped"] });
    const before = asked.length;
    hear(moved(1, "shipped"), moved(9, "delivered"));
    await gathered();
    expect(asked).toHaveLength(before);
  });

  it("is read with the pages when it is much", async () => {
    const { open, hear, gathered, asked, loader, settled } = table(30);
    await open({ statuses: ["shipped"] });
    while (!loader.state().complete) await loader.more();
    const before = asked.length;
    hear(...[30, 28, 26, 24, 22].map((place) => moved(place, "shipped")));
    await gathered();
    await settled();
    expect(asked.slice(before)).toEqual(["status=shipped", "status=shipped&page=25"]);
  });

  it("is found by the server in a search", async () => {
    const { open, hear, gathered, numbers, orders } = table(12);
    await open({ text: "1" });
    expect(numbers()).toEqual([12, 11, 10]);
    orders.unshift({ ...orders[0], id: "id-13", number: "13" } as OrderData);
    hear({ ...moved(13, "pending"), kind: "order.created", version: 1 });
    expect(numbers()).toEqual([12, 11, 10]);
    await gathered();
    expect(numbers()).toEqual([13, 12, 11, 10]);
  });
});
