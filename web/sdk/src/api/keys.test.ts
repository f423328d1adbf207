import { expect, test, vi } from "vitest";
import { randomKey } from "../index.js";

test("a random key is another one each time, also on a page over plain HTTP", () => {
  // Such a page has this much of `crypto`, and no `randomUUID`.
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const keys = [randomKey(), randomKey()];
  vi.unstubAllGlobals();
  expect(new Set(keys).size).toBe(2);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
