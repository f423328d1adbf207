import { describe, expect, it } from "vitest";

import { STEADY_MS, Steadiness, type ShownAction } from "./steadiness";

const LONG = 60_000;
const NEWS = { sinceOwn: LONG, sinceNews: 10 };

const line = (index: number, meaning = ""): ShownAction => ({
  meaning,
  box: { left: 0, top: 40 * index, width: 200, height: 40 },
});
const lines = (...names: string[]) => new Map(names.map((name, index) => [name, line(index)]));
/** Whether a click in the middle of a line does what the line says. */
const acts = (actions: Steadiness<string>, name: string, index: number, at: number) =>
  actions.hasSteadyMeaning(name, at) && actions.hasSteadyPosition(name, at, 100, 40 * index + 20);

function showing(...names: string[]) {
  const actions = new Steadiness<string>();
  actions.update(lines(...names), 0, NEWS);
  return actions;
}

describe("a click", () => {
  it("acts on what has been there from the start", () => {
    expect(acts(showing("b", "a"), "a", 1, 1)).toBe(true);
  });

  it("does nothing soon after another line has come under the pointer", () => {
    const actions = showing("b", "a");
    actions.update(lines("c", "b", "a"), 1000, NEWS);
    for (const [index, name] of ["c", "b", "a"].entries()) {
      expect(acts(actions, name, index, 1000 + STEADY_MS - 1)).toBe(false);
      expect(acts(actions, name, index, 1000 + STEADY_MS)).toBe(true);
    }
  });

  it("acts where lines were added only behind", () => {
    const actions = showing("b", "a");
    actions.update(lines("b", "a", "0"), 1000, NEWS);
    for (const [index, name] of ["b", "a", "0"].entries()) expect(acts(actions, name, index, 1001)).toBe(true);
  });

  it("does nothing on what was behind something that has just gone", () => {
    const actions = new Steadiness<string>();
    actions.update(new Map([...lines("row"), ["toast", { ...line(0), floats: true }]]), 0, NEWS);
    actions.update(lines("row"), 1000, { sinceOwn: LONG, sinceNews: LONG });
    expect(acts(actions, "row", 0, 1001)).toBe(false);
    expect(acts(actions, "row", 0, 1000 + STEADY_MS)).toBe(true);
  });

  it("does nothing soon after a button has come to do something else, whoever caused that", () => {
    for (const causes of [NEWS, { sinceOwn: 0, sinceNews: LONG }]) {
      const actions = new Steadiness<string>();
      actions.update(new Map([["step", line(0, "processing")]]), 0, NEWS);
      actions.update(new Map([["step", line(0, "shipped")]]), 1000, causes);
      expect(actions.hasSteadyMeaning("step", 1000 + STEADY_MS - 1)).toBe(false);
      // A press before the update that shows the change.
      expect(actions.hasSteadyMeaning("step", 990)).toBe(false);
      expect(actions.hasSteadyMeaning("step", 1000 + STEADY_MS)).toBe(true);
    }
  });

  it("acts on what moved because the person scrolled, or opened something", () => {
    const actions = showing("c", "b", "a");
    actions.update(lines("b", "a"), 1000, { sinceOwn: 0, sinceNews: 10 });
    expect(acts(actions, "b", 0, 1001)).toBe(true);
    actions.update(new Map([...lines("b", "a"), ["dialog", line(1)]]), 1002, { sinceOwn: 2, sinceNews: 10 });
    expect(acts(actions, "dialog", 1, 1003)).toBe(true);
  });

  it("does nothing on a line that slides into a list that was opened just now", () => {
    const actions = showing("b", "a");
    actions.update(lines("c", "b", "a"), 1000, { sinceOwn: STEADY_MS - 1, sinceNews: 10 });
    expect(acts(actions, "c", 0, 1001)).toBe(false);
    expect(acts(actions, "b", 1, 1001)).toBe(false);
  });

  it("acts on what moved without news: an answer that took long", () => {
    const actions = showing("c", "b", "a");
    actions.update(lines("b", "a", "0"), 1000, { sinceOwn: LONG, sinceNews: LONG });
    expect(acts(actions, "b", 0, 1001)).toBe(true);
  });

  it("acts on what moved by less than half of itself", () => {
    const actions = showing("a");
    actions.update(new Map([["a", { meaning: "", box: { left: 9, top: 19, width: 200, height: 40 } }]]), 1000, NEWS);
    expect(acts(actions, "a", 0, 1001)).toBe(true);
  });
});
