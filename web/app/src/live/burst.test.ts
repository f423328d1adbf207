import { expect, it } from "vitest";

import { Burst } from "./burst";

it("B3: a crowd of changes is told one by one at first, then counted, then again one by one", () => {
  const burst = new Burst();
  let last = 0;
  const more = (at: number) => burst.more(at, `event ${(last += 1)}`);
  expect([0, 10, 20, 30, 40, 50].map(more)).toEqual([0, 0, 0, 0, 1, 2]);
  expect(more(3005)).toBe(0);
  expect(more(3006)).toBe(1);
  expect(more(9000)).toBe(0);
});

it("X4: an order that says anew where it stands takes no more room than one that says it once", () => {
  const burst = new Burst();
  expect([0, 1, 2, 3, 4].map((at) => burst.more(at, "missed-1"))).toEqual([0, 0, 0, 0, 0]);
  expect(["a", "b", "c", "d"].map((id) => burst.more(5, id))).toEqual([0, 0, 0, 1]);
});
