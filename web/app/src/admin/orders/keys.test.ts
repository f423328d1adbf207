import { describe, expect, it } from "vitest";
import { gridKey, type Press } from "./keys";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});
const at = { index: 5, count: 20, page: 8 };

describe("the table by keyboard alone (issue 4)", () => {
  it.each([
    ["ArrowDown", 6],
    ["ArrowUp", 4],
    ["j", 6],
    ["PageDown", 13],
    ["PageUp", 0],
    ["Home", 0],
    ["End", 19],
  ])("%s moves", (key, to) => {
    expect(gridKey(press(key), at)).toEqual({ does: "move", to, extend: false });
  });

  it("stays within the table, and extends with shift", () => {
    expect(gridKey(press("ArrowDown"), { ...at, index: 19 })).toEqual({ does: "move", to: 19, extend: false });
    expect(gridKey(press("ArrowUp", { shiftKey: true }), { ...at, index: 0 })).toEqual({
      does: "move",
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
  ])("%o acts", (key, does) => {
    expect(gridKey(key, at)).toEqual({ does });
  });

  it("leaves the browser its own keys", () => {
    for (const key of [
      press("s", { ctrlKey: true }),
      press("ArrowUp", { altKey: true }),
      press("a"),
      press("Tab"),
      press("F5"),
    ]) {
      expect(gridKey(key, at)).toBeUndefined();
    }
  });
});
