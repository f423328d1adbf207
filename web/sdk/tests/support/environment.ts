// An environment whose time passes only when the test says so.

import type { Environment, Timer } from "../../src/core/environment.js";

export interface FakeEnvironment extends Environment {
  /** Advances the time timer by timer, and runs everything that follows from each. */
  advance: (ms: number) => Promise<void>;
  show: (isVisible: boolean) => void;
  connect: (isOnline: boolean) => void;
  /** Frames requested so far. */
  frames: number;
}

export function createFakeEnvironment(): FakeEnvironment {
  let now = 1_000_000;
  let next = 1;
  let isVisible = true;
  let isOnline = true;
  const timers = new Map<number, { at: number; run: () => void }>();
  const attention = new Set<() => void>();

  const environment: FakeEnvironment = {
    frames: 0,
    now: () => now,
    random: () => 0.5,
    setTimeout(run, ms) {
      timers.set(next, { at: now + ms, run });
      return next++ as unknown as Timer;
    },
    clearTimeout: (timer) => void timers.delete(timer as unknown as number),
    fetch: () => Promise.reject(new TypeError("no network in this environment")),
    requestFrame(run) {
      environment.frames += 1;
      environment.setTimeout(run, 16);
    },
    isVisible: () => isVisible,
    isOnline: () => isOnline,
    onPageStateChange(listener) {
      attention.add(listener);
      return () => void attention.delete(listener);
    },
    onPageHide: () => () => undefined,
    onStorage: () => () => undefined,
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].run();
        await settle();
      }
      now = until;
      await settle();
    },
    show(visible) {
      isVisible = visible;
      for (const listener of [...attention]) listener();
    },
    connect(online) {
      isOnline = online;
      for (const listener of [...attention]) listener();
    },
  };
  return environment;
}

/** Runs all pending promise callbacks. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
