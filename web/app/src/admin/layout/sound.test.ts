import { describe, expect, it } from "vitest";
import { createChimeFilter } from "./sound";

describe("the chime for new orders", () => {
  it("plays for each order that arrives", () => {
    const shouldChime = createChimeFilter(() => 0);
    expect([shouldChime({ missed: false }), shouldChime({ missed: false })]).toEqual([true, true]);
  });

  it("plays once for all orders missed together", () => {
    let now = 0;
    const shouldChime = createChimeFilter(() => now);
    const missed = (at: number) => {
      now = at;
      return shouldChime({ missed: true });
    };
    expect([0, 2_000, 4_000, 8_000].map(missed)).toEqual([true, false, false, false]);
    expect(shouldChime({ missed: false })).toBe(true);
    expect(missed(60_000)).toBe(true);
  });
});
