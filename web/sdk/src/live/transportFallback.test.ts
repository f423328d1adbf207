import { describe, expect, test } from "vitest";
import { createTransportFallback, probeDelay, STABLE_AFTER } from "./transportFallback.js";

const failed = { liveFor: null, isBlocked: false };

describe("the transport fallback", () => {
  test("tries the best transport twice, each other one once, and starts over with growing delays", () => {
    const fallback = createTransportFallback(3, () => 0.5);
    const steps = Array.from({ length: 9 }, () => fallback.failed(failed));
    expect(steps.map((step) => step.level)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    const delays = steps.map((step) => step.delayMs);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(fallback.attempts).toBe(9);
    for (let more = 0; more < 50; more += 1) expect(fallback.failed(failed).delayMs).toBeLessThanOrEqual(15_000);
  });

  test("leaves a blocked transport at once", () => {
    const fallback = createTransportFallback(3, () => 0.5);
    expect(fallback.failed({ liveFor: null, isBlocked: true })).toEqual({ level: 1, delayMs: 0 });
    fallback.connected(1);
    expect(fallback.level).toBe(1);
  });

  test("reconnects with the same transport after a stable connection, and resets the attempts", () => {
    const fallback = createTransportFallback(3, () => 0.5);
    fallback.failed(failed);
    fallback.failed(failed);
    fallback.connected(1);
    const step = fallback.failed({ liveFor: STABLE_AFTER, isBlocked: false });
    expect(step.level).toBe(1);
    expect(step.delayMs).toBeLessThan(1000);
    expect(fallback.attempts).toBe(0);
  });

  test("leaves a transport that opens and closes repeatedly", () => {
    const fallback = createTransportFallback(2, () => 0.5);
    const levels: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      fallback.connected(0);
      levels.push(fallback.failed({ liveFor: 100, isBlocked: false }).level);
    }
    expect(levels).toContain(1);
  });

  test("waits at least as long as the server asks, with a random addition", () => {
    const [early, late] = [createTransportFallback(3, () => 0), createTransportFallback(3, () => 0.99)];
    const requested = { ...failed, afterMs: 3000 };
    expect(early.failed(requested).delayMs).toBe(3000);
    expect(late.failed(requested).delayMs).toBeGreaterThan(4000);
  });

  test("tries the best transport at once on request", () => {
    const fallback = createTransportFallback(3, () => 0.5);
    for (let times = 0; times < 5; times += 1) fallback.failed(failed);
    expect(fallback.restart()).toEqual({ level: 0, delayMs: 0 });
  });

  test("probes for a better transport with growing intervals", () => {
    const delays = [0, 1, 2, 3, 9].map((probes) => probeDelay(probes, () => 0.5));
    expect(delays).toEqual([2000, 6000, 18_000, 54_000, 120_000]);
  });
});
