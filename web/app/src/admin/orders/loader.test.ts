import { describe, expect, it } from "vitest";
import { table } from "./loader.fixture";

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
