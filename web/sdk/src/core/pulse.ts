// One pulse for the whole client: whatever changes within a frame is told at once, at its end.

import type { Environment } from "./environment.js";

export interface Pulse {
  /** Has `run` called with the next beat; the same function once. */
  next: (run: () => void) => void;
  /** The same, for what nobody waits for: it makes no beat come sooner. */
  soon: (run: () => void) => void;
  /** Beats now. */
  beat: () => void;
  /** Forgets what waits. */
  clear: () => void;
}

/** Milliseconds between two beats at least: a frame of a screen at 60 Hz. */
const FRAME = 16;
/** An event changes a list, and the list tells its readers: so many steps are one beat. */
const STEPS = 4;

/**
 * The first change after a quiet while is told right after the task that made it, with all that follows from it, so that
 * nobody waits for a frame without need. Changes that follow close upon it wait for the next frame, however many there are.
 */
export function createPulse(environment: Pick<Environment, "now" | "nextFrame">): Pulse {
  const waiting = new Set<() => void>();
  let awaited: "now" | "frame" | undefined;
  let isBeating = false;
  let last = Number.NEGATIVE_INFINITY;

  function beat(): void {
    if (isBeating) return;
    awaited = undefined;
    last = environment.now();
    isBeating = true;
    for (let step = 0; step < STEPS && waiting.size > 0; step += 1) {
      const runs = [...waiting];
      waiting.clear();
      for (const run of runs) guarded(run);
    }
    isBeating = false;
    if (waiting.size > 0) expect("frame");
  }

  function expect(when: "now" | "frame"): void {
    if (isBeating || awaited === "now" || awaited === when) return;
    awaited = when;
    const due = () => {
      if (awaited !== undefined) beat();
    };
    if (when === "now") queueMicrotask(due);
    else environment.nextFrame(due);
  }

  return {
    next(run) {
      waiting.add(run);
      expect(environment.now() - last > FRAME ? "now" : "frame");
    },
    soon(run) {
      waiting.add(run);
      expect("frame");
    },
    beat,
    clear: () => waiting.clear(),
  };
}

/** Calls what somebody else wrote: their mistake is reported and goes no further. */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else console.error(error);
  }
}

/** A set of listeners. */
export interface Listeners<Args extends unknown[]> {
  add: (listener: (...args: Args) => void) => () => void;
  call: (...args: Args) => void;
  readonly size: number;
  clear: () => void;
}

export function createListeners<Args extends unknown[]>(): Listeners<Args> {
  // Each adding is one of its own, so that a function added twice is called twice and removed once.
  const listeners = new Set<{ listener: (...args: Args) => void }>();
  return {
    add(listener) {
      const entry = { listener };
      listeners.add(entry);
      return () => {
        listeners.delete(entry);
      };
    },
    call(...args) {
      for (const { listener } of [...listeners]) guarded(() => listener(...args));
    },
    get size() {
      return listeners.size;
    },
    clear: () => listeners.clear(),
  };
}
