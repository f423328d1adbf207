import { expect, it } from "vitest";

import { ToastLimiter } from "./toastLimiter";

it("shows the first changes one by one, then counts, then shows them one by one again", () => {
  const limiter = new ToastLimiter();
  let last = 0;
  const overflow = (at: number) => limiter.overflow(at, `event ${(last += 1)}`);
  expect([0, 10, 20, 30, 40, 50].map(overflow)).toEqual([0, 0, 0, 0, 1, 2]);
  expect(overflow(3005)).toBe(0);
  expect(overflow(3006)).toBe(1);
  expect(overflow(9000)).toBe(0);
});

it("a replaced toast takes no further slot", () => {
  const limiter = new ToastLimiter();
  expect([0, 1, 2, 3, 4].map((at) => limiter.overflow(at, "missed-1"))).toEqual([0, 0, 0, 0, 0]);
  expect(["a", "b", "c", "d"].map((id) => limiter.overflow(5, id))).toEqual([0, 0, 0, 1]);
});
