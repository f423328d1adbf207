// The server's clock, as far as its answers tell it.

export interface ServerClock {
  /** An answer was dated so, in milliseconds since 1970. */
  dated: (at: number) => void;
  /** Something happened there at this time: it cannot be earlier there now. */
  happened: (at: number) => void;
  /** What a moment of this machine's clock was there; nothing is later than minus infinity. */
  at: (local: number) => number;
}

export function createServerClock(now: () => number): ServerClock {
  let exact: number | undefined;
  // A page of another origin may not read the date of an answer, and learns from the events how far the clocks are apart.
  let least = Number.NEGATIVE_INFINITY;
  return {
    dated(at) {
      exact = at - now();
    },
    happened(at) {
      least = Math.max(least, at - now());
    },
    at: (local) => local + (exact ?? least),
  };
}
