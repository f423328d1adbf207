import { describe, expect, test } from "vitest";
import { createLadder, probeDelay, STABLE_AFTER } from "./ladder.js";

const failed = { liveFor: null, isBlocked: false };

describe("the ladder of ways in", () => {
  test("tries the best twice, each other one once, and then begins again at the top, ever later", () => {
    const ladder = createLadder(3, () => 0.5);
    const steps = Array.from({ length: 9 }, () => ladder.failed(failed));
    expect(steps.map((step) => step.rung)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    const delays = steps.map((step) => step.delayMs);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(ladder.attempts).toBe(9);
    for (let more = 0; more < 50; more += 1) expect(ladder.failed(failed).delayMs).toBeLessThanOrEqual(15_000);
  });

  test("leaves a blocked way at once", () => {
    const ladder = createLadder(3, () => 0.5);
    expect(ladder.failed({ liveFor: null, isBlocked: true })).toEqual({ rung: 1, delayMs: 0 });
    ladder.reached(1);
    expect(ladder.rung).toBe(1);
  });

  test("comes back the same way after a good connection, and forgets what failed before it", () => {
    const ladder = createLadder(3, () => 0.5);
    ladder.failed(failed);
    ladder.failed(failed);
    ladder.reached(1);
    const step = ladder.failed({ liveFor: STABLE_AFTER, isBlocked: false });
    expect(step.rung).toBe(1);
    expect(step.delayMs).toBeLessThan(1000);
    expect(ladder.attempts).toBe(0);
  });

  test("does not stay with a way that opens and closes again and again", () => {
    const ladder = createLadder(2, () => 0.5);
    const rungs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      ladder.reached(0);
      rungs.push(ladder.failed({ liveFor: 100, isBlocked: false }).rung);
    }
    expect(rungs).toContain(1);
  });

  test("waits at least as long as the server asks, and not all in the same moment", () => {
    const [early, late] = [createLadder(3, () => 0), createLadder(3, () => 0.99)];
    const asked = { ...failed, afterMs: 3000 };
    expect(early.failed(asked).delayMs).toBe(3000);
    expect(late.failed(asked).delayMs).toBeGreaterThan(4000);
  });

  test("goes to the top at once when somebody asks", () => {
    const ladder = createLadder(3, () => 0.5);
    for (let times = 0; times < 5; times += 1) ladder.failed(failed);
    expect(ladder.again()).toEqual({ rung: 0, delayMs: 0 });
  });

  test("looks for a better way soon, and then ever less often", () => {
    const delays = [0, 1, 2, 3, 9].map((probes) => probeDelay(probes, () => 0.5));
    expect(delays).toEqual([2000, 6000, 18_000, 54_000, 120_000]);
  });
});
