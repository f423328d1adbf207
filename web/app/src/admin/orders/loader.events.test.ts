import { describe, expect, it } from "vitest";
import { moved, table } from "./loader.fixture";
import type { OrderData } from "./row";

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

describe("what is heard of unknown orders while they are read", () => {
  it("is newer than the page that brings them", async () => {
    const { open, hear, holds, drawn, status, numbers, settled } = table(3);
    const release = holds();
    const opened = open();
    await settled();
    hear(moved(2, "delivered"), { ...moved(2, "cancelled"), version: 3 });
    release();
    await opened;
    drawn();
    expect(numbers()).toEqual([3, 2, 1]);
    expect(status(2)).toBe("cancelled");
  });

  it("counts on further pages too", async () => {
    const { open, hear, holds, drawn, status, loader, settled } = table(9);
    await open();
    const release = holds();
    const more = loader.more();
    await settled();
    hear(moved(5, "delivered"));
    release();
    await more;
    drawn();
    expect(status(5)).toBe("delivered");
  });

  it("is dropped when it is older than all that was read, and asked for when it is not", async () => {
    const { open, hear, holds, gathered, asked, numbers, orders, settled } = table(9);
    const release = holds();
    const opened = open({ statuses: ["shipped"] });
    await settled();
    orders.splice(2, 1, { ...orders[2], status: "shipped", version: 2 } as OrderData);
    hear(moved(7, "shipped"), moved(1, "shipped"));
    release();
    await opened;
    await gathered();
    expect(asked.slice(1)).toEqual(["id-7"]);
    expect(numbers()).toEqual([8, 7, 6, 4]);
  });

  it("is newer than an answer that was asked for by itself", async () => {
    const { open, hear, holds, drawn, gathered, numbers, orders, settled } = table(9);
    await open({ statuses: ["shipped"] });
    orders.splice(4, 1, { ...orders[4], status: "shipped", version: 2 } as OrderData);
    hear(moved(5, "shipped"));
    const release = holds();
    await gathered();
    hear({ ...moved(5, "delivered"), version: 3 });
    release();
    await settled();
    drawn();
    await gathered();
    expect(numbers()).toEqual([8, 6, 4]);
  });

  it("stays asked for when a page has it older, and shows at once", async () => {
    const { open, hear, drawn, gathered, asked, orders, loader, store } = table(9);
    await open({ statuses: ["pending"] });
    orders.splice(1, 1, { ...orders[1], status: "pending", version: 2 } as OrderData);
    hear({ ...moved(8, "pending"), version: 3 });
    await loader.refresh();
    drawn();
    expect(store.state("id-8")?.row.version).toBe(3);
    await gathered();
    expect(asked.at(-1)).toBe("id-8");
  });
});

describe("a restored backup", () => {
  it("leaves no ghosts: what was undone and what is gone is read anew", async () => {
    const { open, hear, loader, numbers, orders, status } = table(4);
    await open();
    await loader.more();
    hear(moved(3, "delivered"), { ...moved(5, "pending"), kind: "order.created", version: 1 });
    expect(numbers()).toEqual([5, 4, 3, 2, 1]);
    expect(status(3)).toBe("delivered");
    orders.splice(3);
    await loader.restart();
    expect(numbers()).toEqual([4, 3, 2]);
    expect(status(3)).toBe("shipped");
  });
});
