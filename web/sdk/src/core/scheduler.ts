// One scheduler for the whole client: all changes within a frame are delivered together, at its end.

import type { Environment } from "./environment.js";
import { runGuarded } from "./listeners.js";

export interface Scheduler {
  /** Runs the task with the next flush. The same function is queued once. */
  schedule: (task: () => void) => void;
  /** Like `schedule`, for tasks that nobody waits for: they never make a flush happen before the next frame. */
  scheduleOnFrame: (task: () => void) => void;
  /** Runs all queued tasks now. */
  flush: () => void;
  /** Drops all queued tasks. */
  clear: () => void;
}

/** Minimum time between two flushes in milliseconds: one frame at 60 Hz. */
const FRAME_MS = 16;
/** A task may schedule further tasks: an event changes a list, and the list notifies its subscribers. One flush runs up to this many rounds. */
const MAX_ROUNDS = 4;

/**
 * After an idle period the first change is flushed in a microtask, so that nobody waits for a frame without need. Changes
 * that follow within a frame wait for the next frame, however many there are.
 */
export function createScheduler(environment: Pick<Environment, "now" | "requestFrame">): Scheduler {
  const tasks = new Set<() => void>();
  let pending: "microtask" | "frame" | undefined;
  let isFlushing = false;
  let lastFlush = Number.NEGATIVE_INFINITY;

  function flush(): void {
    if (isFlushing) return;
    pending = undefined;
    lastFlush = environment.now();
    isFlushing = true;
    for (let round = 0; round < MAX_ROUNDS && tasks.size > 0; round += 1) {
      const batch = [...tasks];
      tasks.clear();
      for (const task of batch) runGuarded(task);
    }
    isFlushing = false;
    if (tasks.size > 0) request("frame");
  }

  function request(when: "microtask" | "frame"): void {
    if (isFlushing || pending === "microtask" || pending === when) return;
    pending = when;
    const run = () => {
      if (pending !== undefined) flush();
    };
    if (when === "microtask") queueMicrotask(run);
    else environment.requestFrame(run);
  }

  return {
    schedule(task) {
      tasks.add(task);
      request(environment.now() - lastFlush > FRAME_MS ? "microtask" : "frame");
    },
    scheduleOnFrame(task) {
      tasks.add(task);
      request("frame");
    },
    flush,
    clear: () => tasks.clear(),
  };
}
