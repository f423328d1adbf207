import type { Schedule } from "./store";

/**
 * The client delivers events at most once per frame, all in one task. A microtask therefore handles all of them
 * together.
 */
export const browserSchedule: Schedule = {
  afterTask: (run) => queueMicrotask(run),
  afterDelay: (run, ms) => void setTimeout(run, ms),
  now: () => Date.now(),
};
