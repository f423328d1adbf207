import { describe, expect, it } from "vitest";
import { gridAction, type Press } from "./keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});
const at = { index: 5, count: 20, page: 8 };

describe("the table's keyboard shortcuts", () => {
  it.each([
    ["ArrowDown", 6],
    ["ArrowUp", 4],
    ["j", 6],
    ["PageDown", 13],
    ["PageUp", 0],
    ["Home", 0],
    ["End", 19],
  ])("%s moves", (key, to) => {
    expect(gridAction(press(key), at)).toEqual({ action: "move", to, extend: false });
  });

  it("stay within the table, and extend the selection with shift", () => {
    expect(gridAction(press("ArrowDown"), { ...at, index: 19 })).toEqual({ action: "move", to: 19, extend: false });
    expect(gridAction(press("ArrowUp", { shiftKey: true }), { ...at, index: 0 })).toEqual({
      action: "move",
      to: 0,
      extend: true,
    });
  });

  it.each([
    [press("Enter"), "open"],
    [press("x"), "select"],
    [press(" "), "select"],
    [press("a", { ctrlKey: true }), "select all"],
    [press("a", { metaKey: true }), "select all"],
    [press("Escape"), "clear"],
    [press("n"), "next step"],
    [press("s"), "set status"],
  ])("%o acts", (key, action) => {
    expect(gridAction(key, at)).toEqual({ action });
  });

  it("leave the browser's own shortcuts alone", () => {
    for (const key of [
      press("s", { ctrlKey: true }),
      press("ArrowUp", { altKey: true }),
      press("a"),
      press("Tab"),
      press("F5"),
    ]) {
      expect(gridAction(key, at)).toBeUndefined();
    }
  });
});
