import { expect, test, vi } from "vitest";
import { randomKey } from "../index.js";

test("random keys differ, also on a page over plain HTTP", () => {
  // A page over plain HTTP has no `crypto.randomUUID`.
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const keys = [randomKey(), randomKey()];
  vi.unstubAllGlobals();
  expect(new Set(keys).size).toBe(2);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
