import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { forgetLastKnown, readLastKnown, saveLastKnown } from "./lastKnown";

const stored = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("what was last known", () => {
  it("is returned with the time at which it was current", () => {
    saveLastKnown("summary", "asha", { total: 31 }, 1000);
    expect(readLastKnown("summary", "asha")).toEqual({ value: { total: 31 }, at: 1000 });
  });

  it("is shown to nobody else", () => {
    saveLastKnown("orders.all", "asha", ["her order"], 1000);
    expect(readLastKnown("orders.all", "jonas")).toBeUndefined();
  });

  it("leaves this device on sign-out", () => {
    saveLastKnown("orders.all", "asha", ["her order"], 1000);
    saveLastKnown("notifications", "asha", ["her notification"], 1000);
    forgetLastKnown();
    expect([...stored.keys()]).toEqual([]);
  });

  it("is nothing where the storage holds something else", () => {
    stored.set("ordercast.known.summary", '{"total":31}');
    expect(readLastKnown("summary", "asha")).toBeUndefined();
    stored.set("ordercast.known.summary", "not JSON");
    expect(readLastKnown("summary", "asha")).toBeUndefined();
  });
});
