import { describe, expect, it } from "vitest";
import { createTestTable } from "./loader.fixture";

describe("pages of the table", () => {
  it("load one after the other until the end", async () => {
    const { loader, open, numbers } = createTestTable(7);
    await open();
    expect(numbers()).toEqual([7, 6, 5]);
    expect(loader.state()).toEqual({ phase: "idle", complete: false });
    await Promise.all([loader.more(), loader.more()]);
    expect(numbers()).toEqual([7, 6, 5, 4, 3, 2]);
    await loader.more();
    expect(numbers()).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(loader.state()).toEqual({ phase: "idle", complete: true });
  });

  it("show known orders for other filters at once, without gaps", async () => {
    const { open, numbers, loader, requests } = createTestTable(12);
    await open();
    await loader.more();
    const opened = open({ statuses: ["pending"] });
    expect(numbers()).toEqual([12, 10, 8]);
    await opened;
    expect(numbers()).toEqual([12, 10, 8]);
    await loader.more();
    expect(numbers()).toEqual([12, 10, 8, 6, 4, 2]);
    expect(requests.at(-1)).toBe("status=pending&page=8");
  });

  it("load completely for a sort that needs all orders", async () => {
    const { open, numbers, settled, loader } = createTestTable(8);
    await open({ sort: "oldest" });
    while (!loader.state().complete) await settled();
    expect(numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("are not fetched again for other filters when all orders are known", async () => {
    const { open, loader, requests, numbers } = createTestTable(7);
    await open();
    while (!loader.state().complete) await loader.more();
    const before = requests.length;
    await open({ statuses: ["pending"] });
    expect(loader.state().complete).toBe(true);
    expect(numbers()).toEqual([7, 5, 3, 1]);
    expect(requests.slice(before)).toEqual(["status=pending"]);
  });

  it("report a failed request and continue on retry", async () => {
    const { open, setFailing, loader, numbers } = createTestTable(5);
    await open();
    setFailing(true);
    await loader.more();
    expect(loader.state()).toMatchObject({ phase: "failed", complete: false });
    expect(numbers()).toEqual([5, 4, 3]);
    setFailing(false);
    await loader.more();
    expect(numbers()).toEqual([5, 4, 3, 2, 1]);
  });

  it("ignore a response that arrives after the filters changed", async () => {
    const { open, numbers } = createTestTable(6);
    const first = open({ statuses: ["shipped"] });
    await open({ statuses: ["pending"] });
    await first;
    expect(numbers()).toEqual([6, 4, 2]);
  });
});
