import { describe, expect, it } from "vitest";
import { createRinging } from "./sound";

describe("the sound of a new order", () => {
  it("is there for each that arrives", () => {
    const rings = createRinging(() => 0);
    expect([rings({ missed: false }), rings({ missed: false })]).toEqual([true, true]);
  });

  it("is there once for all that were missed in one go", () => {
    let now = 0;
    const rings = createRinging(() => now);
    const missed = (at: number) => {
      now = at;
      return rings({ missed: true });
    };
    expect([0, 2_000, 4_000, 8_000].map(missed)).toEqual([true, false, false, false]);
    expect(rings({ missed: false })).toBe(true);
    expect(missed(60_000)).toBe(true);
  });
});
