// Reads that failed are read again: after a pause that grows with each failure.

import type { OrdercastProblem } from "../problem.js";
import type { Environment, Timer } from "./environment.js";

export interface Retry {
  /** A read failed. Several failures within the pause cause one retry. */
  failed: (problem: OrdercastProblem) => void;
  /** The connection is back: the next pause is short again. */
  restart: () => void;
  stop: () => void;
}

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 30_000;

/** `run` reads everything again that is still in an error state. */
export function createRetry(
  environment: Pick<Environment, "now" | "random" | "setTimeout" | "clearTimeout">,
  run: () => void,
): Retry {
  let pause = FIRST_PAUSE_MS;
  let timer: Timer | undefined;
  let lastRun = Number.NEGATIVE_INFINITY;

  return {
    failed({ isTemporary, retryAfterMs = 0 }) {
      if (!isTemporary || timer !== undefined) return;
      // The last retry mended everything, and this is a new failure.
      if (environment.now() - lastRun > 2 * MAX_PAUSE_MS) pause = FIRST_PAUSE_MS;
      // Randomized, so that a thousand windows do not ask a recovering server at the same moment.
      const ms = Math.max(pause, retryAfterMs) * (1 + environment.random() / 4);
      pause = Math.min(MAX_PAUSE_MS, pause * 2);
      timer = environment.setTimeout(() => {
        timer = undefined;
        lastRun = environment.now();
        run();
      }, ms);
    },
    restart() {
      pause = FIRST_PAUSE_MS;
    },
    stop() {
      environment.clearTimeout(timer);
      timer = undefined;
      pause = FIRST_PAUSE_MS;
    },
  };
}
