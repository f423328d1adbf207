import { describe, expect, it } from "vitest";
import { NOTHING_SELECTED, select, type SelectionChange } from "./selection";

const within = ["a", "b", "c", "d", "e"];
const after = (...changes: SelectionChange[]) => [...changes.reduce(select, NOTHING_SELECTED).ids].sort();

describe("selecting orders", () => {
  it("toggles one", () => {
    expect(after({ type: "toggle", id: "b" })).toEqual(["b"]);
    expect(after({ type: "toggle", id: "b" }, { type: "toggle", id: "b" })).toEqual([]);
  });

  it("selects a range from the last choice, in either direction", () => {
    expect(after({ type: "toggle", id: "b" }, { type: "range", to: "d", within })).toEqual(["b", "c", "d"]);
    expect(after({ type: "toggle", id: "d" }, { type: "range", to: "b", within })).toEqual(["b", "c", "d"]);
    expect(after({ type: "anchor", id: "c" }, { type: "range", to: "e", within })).toEqual(["c", "d", "e"]);
  });

  it("starts a range when there was no choice, or it is gone", () => {
    expect(after({ type: "range", to: "c", within })).toEqual(["c"]);
    expect(after({ type: "toggle", id: "gone" }, { type: "range", to: "c", within })).toEqual(["c", "gone"]);
  });

  it("adds a range to the selection", () => {
    const twice: SelectionChange[] = [
      { type: "toggle", id: "a" },
      { type: "toggle", id: "d" },
      { type: "range", to: "e", within },
    ];
    expect(after(...twice)).toEqual(["a", "d", "e"]);
  });
});
