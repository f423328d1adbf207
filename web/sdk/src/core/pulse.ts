// One pulse for the whole client: whatever changes within a frame is told at once, at its end.

import type { Environment } from "./environment.js";

export interface Pulse {
  /** Has `run` called with the next beat; the same function once. */
  next: (run: () => void) => void;
  /** Beats now. */
  beat: () => void;
  /** Forgets what waits. */
  clear: () => void;
}

/** Milliseconds between two beats at least: a frame of a screen at 60 Hz. */
const FRAME = 16;

/**
 * The first change after a quiet while is told right after the task that made it, so that nobody waits for a frame
 * without need. Changes that follow close upon it wait for the next frame, however many there are.
 */
export function createPulse(environment: Pick<Environment, "now" | "nextFrame">): Pulse {
  const waiting = new Set<() => void>();
  let isAwaited = false;
  let last = Number.NEGATIVE_INFINITY;

  function beat(): void {
    isAwaited = false;
    last = environment.now();
    // What is asked for while beating belongs to the next beat.
    const runs = [...waiting];
    waiting.clear();
    for (const run of runs) guarded(run);
  }

  return {
    next(run) {
      waiting.add(run);
      if (isAwaited) return;
      isAwaited = true;
      const due = () => {
        if (isAwaited) beat();
      };
      if (environment.now() - last > FRAME) queueMicrotask(due);
      else environment.nextFrame(due);
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
