import { describe, expect, it } from "vitest";
import { statusChanged, createTestTable } from "./loader.fixture";
import type { OrderData } from "./row";

describe("an event of an order that no page has loaded", () => {
  it("fetches the order when it belongs among the visible rows", async () => {
    const { open, receive, runTimers, numbers, orders, requests } = createTestTable(9);
    await open({ statuses: ["shipped"] });
    expect(numbers()).toEqual([8, 6, 4]);
    orders.splice(4, 1, { ...orders[4], status: "shipped", version: 2 } as OrderData);
    receive(statusChanged(5, "shipped"));
    await runTimers();
    expect(requests.at(-1)).toBe("id-5");
    expect(numbers()).toEqual([8, 6, 5, 4]);
  });

  it("waits for the order's page when it is older, or ignores it when it matches no filter", async () => {
    const { open, receive, runTimers, requests } = createTestTable(9);
    await open({ statuses: ["shipped"] });
    const before = requests.length;
    receive(statusChanged(1, "shipped"), statusChanged(9, "delivered"));
    await runTimers();
    expect(requests).toHaveLength(before);
  });

  it("fetches the pages again when there are many", async () => {
    const { open, receive, runTimers, requests, loader, settled } = createTestTable(30);
    await open({ statuses: ["shipped"] });
    while (!loader.state().complete) await loader.more();
    const before = requests.length;
    receive(...[30, 28, 26, 24, 22].map((sortKey) => statusChanged(sortKey, "shipped")));
    await runTimers();
    await settled();
    expect(requests.slice(before)).toEqual(["status=shipped", "status=shipped&page=25"]);
  });

  it("is matched by the server in a search", async () => {
    const { open, receive, runTimers, numbers, orders } = createTestTable(12);
    await open({ text: "1" });
    expect(numbers()).toEqual([12, 11, 10]);
    orders.unshift({ ...orders[0], id: "id-13", number: "13" } as OrderData);
    receive({ ...statusChanged(13, "pending"), kind: "order.created", version: 1 });
    expect(numbers()).toEqual([12, 11, 10]);
    await runTimers();
    expect(numbers()).toEqual([13, 12, 11, 10]);
  });
});

describe("an event of an unknown order during a read", () => {
  it("wins over the page that returns the order", async () => {
    const { open, receive, holdResponses, flushFrames, status, numbers, settled } = createTestTable(3);
    const release = holdResponses();
    const opened = open();
    await settled();
    receive(statusChanged(2, "delivered"), { ...statusChanged(2, "cancelled"), version: 3 });
    release();
    await opened;
    flushFrames();
    expect(numbers()).toEqual([3, 2, 1]);
    expect(status(2)).toBe("cancelled");
  });

  it("is applied on further pages too", async () => {
    const { open, receive, holdResponses, flushFrames, status, loader, settled } = createTestTable(9);
    await open();
    const release = holdResponses();
    const more = loader.more();
    await settled();
    receive(statusChanged(5, "delivered"));
    release();
    await more;
    flushFrames();
    expect(status(5)).toBe("delivered");
  });

  it("is ignored below the loaded pages, and fetched above", async () => {
    const { open, receive, holdResponses, runTimers, requests, numbers, orders, settled } = createTestTable(9);
    const release = holdResponses();
    const opened = open({ statuses: ["shipped"] });
    await settled();
    orders.splice(2, 1, { ...orders[2], status: "shipped", version: 2 } as OrderData);
    receive(statusChanged(7, "shipped"), statusChanged(1, "shipped"));
    release();
    await opened;
    await runTimers();
    expect(requests.slice(1)).toEqual(["id-7"]);
    expect(numbers()).toEqual([8, 7, 6, 4]);
  });

  it("wins over a single fetch that returns an older version", async () => {
    const { open, receive, holdResponses, flushFrames, runTimers, numbers, orders, settled } = createTestTable(9);
    await open({ statuses: ["shipped"] });
    orders.splice(4, 1, { ...orders[4], status: "shipped", version: 2 } as OrderData);
    receive(statusChanged(5, "shipped"));
    const release = holdResponses();
    await runTimers();
    receive({ ...statusChanged(5, "delivered"), version: 3 });
    release();
    await settled();
    flushFrames();
    await runTimers();
    expect(numbers()).toEqual([8, 6, 4]);
  });

  it("is applied at once when a page has an older version, and the order is still fetched", async () => {
    const { open, receive, flushFrames, runTimers, requests, orders, loader, store } = createTestTable(9);
    await open({ statuses: ["pending"] });
    orders.splice(1, 1, { ...orders[1], status: "pending", version: 2 } as OrderData);
    receive({ ...statusChanged(8, "pending"), version: 3 });
    await loader.refresh();
    flushFrames();
    expect(store.state("id-8")?.row.version).toBe(3);
    await runTimers();
    expect(requests.at(-1)).toBe("id-8");
  });
});

describe("after a backup was restored", () => {
  it("orders that no longer exist are removed and everything is loaded again", async () => {
    const { open, receive, loader, numbers, orders, status } = createTestTable(4);
    await open();
    await loader.more();
    receive(statusChanged(3, "delivered"), { ...statusChanged(5, "pending"), kind: "order.created", version: 1 });
    expect(numbers()).toEqual([5, 4, 3, 2, 1]);
    expect(status(3)).toBe("delivered");
    orders.splice(3);
    await loader.restart();
    expect(numbers()).toEqual([4, 3, 2]);
    expect(status(3)).toBe("shipped");
  });
});
