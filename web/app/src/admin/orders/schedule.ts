import type { Schedule } from "./store";

/** A page that nobody looks at gets no frames; its changes are taken over after this. */
const HIDDEN_MS = 1_000;

/** The browser's frames and clock. */
export const browserSchedule: Schedule = {
  soon: oncePerFrame(nextFrame),
  later: (run, ms) => void setTimeout(run, ms),
  now: () => Date.now(),
};

/** What comes after a pause need not wait for a frame and is in the next one; what follows it within that frame waits. */
export function oncePerFrame(next: (run: () => void) => void): (run: () => void) => void {
  let drawing = false;
  const begin = (run: () => void) => {
    drawing = true;
    next(() => (drawing = false));
    run();
  };
  return (run) => {
    if (drawing) next(() => begin(run));
    else {
      drawing = true;
      queueMicrotask(() => begin(run));
    }
  };
}

function nextFrame(run: () => void) {
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
}
