import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { formOf } from "./address";
import { forgetDraft, readDraft, saveDraft, type Draft } from "./draft";

const draft: Draft = { address: { ...formOf({}), name: "Mira Holm", line1: "7 Elbe Street" }, method: "online" };
const stored = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("what was typed at the checkout", () => {
  it("is there for the same account", () => {
    saveDraft("mira", draft);
    expect(readDraft("mira")).toMatchObject(draft);
  });

  it("is removed when another account opens the checkout", () => {
    saveDraft("mira", draft);
    expect(readDraft("jonas")).toBeUndefined();
    expect(readDraft("mira")).toBeUndefined();
    expect(stored.size).toBe(0);
  });

  it("is removed after the order was placed, and after two hours", () => {
    vi.useFakeTimers();
    saveDraft("mira", draft);
    forgetDraft();
    expect(readDraft("mira")).toBeUndefined();
    saveDraft("mira", draft);
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(readDraft("mira")).toBeUndefined();
  });

  it("is ignored when it is not a draft", () => {
    stored.set("ordercast.checkout-draft", JSON.stringify({ accountId: "mira", at: Date.now(), address: {} }));
    expect(readDraft("mira")).toBeUndefined();
  });
});
