// Tells whether the page shows the present: after a connection loss it first receives or reads what it missed.

import { compareCursors, distance } from "../core/cursorOrder.js";
import type { Environment, Timer } from "../core/environment.js";
import type { TransportOpened } from "./transport.js";

export interface CatchUp {
  /** Whether so much was missed that reading the lists again is faster than receiving it. */
  isTooFar: (opened: TransportOpened) => boolean;
  opened: (opened: TransportOpened) => void;
  /** An event arrived with this cursor. */
  received: (cursor: string | null) => void;
  /** A list was read, or could not be read. */
  settled: () => void;
  lost: () => void;
}

/** Missed events of a whole store that are still received one by one. */
export const MAX_MISSED = 1000;
/** Milliseconds without an event after which nothing more is missing: not every event of the log reaches this page. */
const SILENCE_MS = 500;

export interface CatchUpOptions {
  environment: Pick<Environment, "setTimeout" | "clearTimeout">;
  /** Whether this page receives the events of a whole store. */
  followsStore: () => boolean;
  /** Whether lists are being read. */
  isReading: () => boolean;
  onChange: (isCatchingUp: boolean) => void;
}

export function createCatchUp({ environment, followsStore, isReading, onChange }: CatchUpOptions): CatchUp {
  let isCatchingUp = false;
  /** What was missed ends here; null when it was received. */
  let head: string | null = null;
  let silence: Timer | undefined;

  function check(): void {
    if (!isCatchingUp || head !== null || isReading()) return;
    isCatchingUp = false;
    onChange(false);
  }

  function wait(): void {
    environment.clearTimeout(silence);
    silence = environment.setTimeout(() => {
      head = null;
      check();
    }, SILENCE_MS);
  }

  return {
    isTooFar: ({ cursor, head: end }) =>
      followsStore() && cursor !== null && end !== null && (distance(cursor, end) ?? 0) > MAX_MISSED,
    opened({ cursor, head: end, recovered }) {
      const isBehind = cursor !== null && end !== null && compareCursors(cursor, end) === -1;
      isCatchingUp = followsStore() && (isBehind || (!recovered && isReading()));
      head = isBehind ? end : null;
      onChange(isCatchingUp);
      if (isCatchingUp) wait();
    },
    received(cursor) {
      if (!isCatchingUp || head === null || cursor === null) return;
      if (compareCursors(cursor, head) !== -1) head = null;
      else wait();
      check();
    },
    settled: check,
    lost() {
      environment.clearTimeout(silence);
      isCatchingUp = false;
      head = null;
    },
  };
}
