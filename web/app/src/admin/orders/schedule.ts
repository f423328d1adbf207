import type { Schedule } from "./store";

/** A page that nobody looks at gets no frames; its changes are taken over after this. */
const HIDDEN_MS = 1_000;

/** The browser's frames and clock. */
export const browserSchedule: Schedule = {
  soon(run) {
    let done = false;
    const once = () => {
      if (done) return;
      done = true;
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      run();
    };
    const frame = requestAnimationFrame(once);
    const timer = setTimeout(once, HIDDEN_MS);
  },
  later: (run, ms) => void setTimeout(run, ms),
  now: () => Date.now(),
};
