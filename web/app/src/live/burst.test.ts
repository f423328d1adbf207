import { expect, it } from "vitest";

import { Burst } from "./burst";

it("B3: a crowd of changes is told one by one at first, then counted, then again one by one", () => {
  const burst = new Burst();
  expect([0, 10, 20, 30, 40, 50].map((at) => burst.more(at))).toEqual([0, 0, 0, 0, 1, 2]);
  expect(burst.more(3005)).toBe(0);
  expect(burst.more(3006)).toBe(1);
  expect(burst.more(9000)).toBe(0);
});
