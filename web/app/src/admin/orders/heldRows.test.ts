import { describe, expect, it } from "vitest";
import { holdRows } from "./heldRows";

describe("rows under a pointer", () => {
  it("stay where they are when orders arrive above or between them", () => {
    const shown = ["c", "b", "a"];
    const held = holdRows(shown, ["e", "d", "c", "x", "b", "a"]);
    expect(held.ids).toBe(shown);
    expect(held.waiting).toBe(3);
  });

  it("stay where they are when they would move or leave", () => {
    const held = holdRows(["c", "b", "a"], ["a", "c"]);
    expect(held).toEqual({ ids: ["c", "b", "a"], waiting: 0, gone: new Set(["b"]) });
    expect(holdRows(["c", "b"], []).ids).toEqual(["c", "b"]);
  });

  it("are followed by further pages", () => {
    expect(holdRows(["c", "b"], ["d", "c", "b", "a", "0"])).toMatchObject({ ids: ["c", "b", "a", "0"], waiting: 1 });
  });

  it("are replaced by another list", () => {
    expect(holdRows([], ["b", "a"]).ids).toEqual(["b", "a"]);
    expect(holdRows(["z", "y"], ["b", "a"])).toMatchObject({ ids: ["b", "a"], waiting: 0 });
  });
});
