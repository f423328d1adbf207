import { describe, expect, it } from "vitest";
import { NOTHING_SELECTED, select, type SelectionChange } from "./selection";

const within = ["a", "b", "c", "d", "e"];
const after = (...changes: SelectionChange[]) => [...changes.reduce(select, NOTHING_SELECTED).ids].sort();

describe("selecting many orders (row C4)", () => {
  it("toggles one", () => {
    expect(after({ does: "toggle", id: "b" })).toEqual(["b"]);
    expect(after({ does: "toggle", id: "b" }, { does: "toggle", id: "b" })).toEqual([]);
  });

  it("takes a range from the last choice, in either direction", () => {
    expect(after({ does: "toggle", id: "b" }, { does: "range", to: "d", within })).toEqual(["b", "c", "d"]);
    expect(after({ does: "toggle", id: "d" }, { does: "range", to: "b", within })).toEqual(["b", "c", "d"]);
    expect(after({ does: "anchor", id: "c" }, { does: "range", to: "e", within })).toEqual(["c", "d", "e"]);
  });

  it("begins a range where there was no choice, or one that has gone", () => {
    expect(after({ does: "range", to: "c", within })).toEqual(["c"]);
    expect(after({ does: "toggle", id: "gone" }, { does: "range", to: "c", within })).toEqual(["c", "gone"]);
  });

  it("adds a range to what was selected", () => {
    const twice: SelectionChange[] = [
      { does: "toggle", id: "a" },
      { does: "toggle", id: "d" },
      { does: "range", to: "e", within },
    ];
    expect(after(...twice)).toEqual(["a", "d", "e"]);
  });
});
