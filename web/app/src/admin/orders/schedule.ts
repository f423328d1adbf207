import type { Schedule } from "./store";

/** The client tells events at most once a frame, all of them in one task: what they come to is taken over right after it. */
export const browserSchedule: Schedule = {
  soon: (run) => queueMicrotask(run),
  later: (run, ms) => void setTimeout(run, ms),
  now: () => Date.now(),
};
