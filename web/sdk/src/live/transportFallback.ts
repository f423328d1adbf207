// Which way in to try next, and when. Pure: it is told what happened and says what follows.

export interface NextAttempt {
  /** Index of the way in; 0 is the best. */
  level: number;
  delayMs: number;
}

export interface Failure {
  /** How long it was live, in milliseconds; null when it never was. */
  liveFor: number | null;
  /** It seems to be blocked: another attempt at the same would only take time. */
  isBlocked: boolean;
  /** How long the server wants everybody to wait. */
  afterMs?: number | undefined;
}

export interface TransportFallback {
  readonly level: number;
  /** Attempts that failed since it was last live for a while. */
  readonly attempts: number;
  /** A way in is live. */
  connected: (level: number) => void;
  failed: (failure: Failure) => NextAttempt;
  /** The network is back, or somebody asks: from the top, at once. */
  restart: () => NextAttempt;
}

/** Milliseconds after which a connection that ends was a good one. */
export const STABLE_AFTER = 5000;
/** Attempts at the best way in before the next one is tried. */
const PATIENCE = 2;
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;
const GROWTH = 1.7;

/**
 * The best way in is tried twice, each other one once, and then it begins again at the top, each time a little later.
 * So a server that is away is waited for, and one way that is blocked costs only the time to notice.
 */
export function createTransportFallback(levels: number, random: () => number): TransportFallback {
  let level = 0;
  let attempts = 0;
  let here = 0;

  /** Spread, so that a thousand windows that lost the same server do not come back in the same moment. */
  function delay(afterMs: number): number {
    const most = Math.min(LONGEST_DELAY, FIRST_DELAY * GROWTH ** Math.max(0, attempts - 1));
    return Math.round(Math.max(afterMs * (1 + random() / 2), most * (0.5 + random() / 2)));
  }

  return {
    get level() {
      return level;
    },
    get attempts() {
      return attempts;
    },
    connected(at) {
      level = at;
      here = 0;
    },
    failed({ liveFor, isBlocked, afterMs = 0 }) {
      if (liveFor !== null && liveFor >= STABLE_AFTER) {
        attempts = 0;
        here = 0;
        return { level, delayMs: delay(afterMs) };
      }
      attempts += 1;
      here += 1;
      const patience = level === 0 && attempts <= PATIENCE ? PATIENCE : 1;
      if (here >= patience || isBlocked) {
        level = (level + 1) % levels;
        here = 0;
      }
      return { level, delayMs: isBlocked && level > 0 ? 0 : delay(afterMs) };
    },
    restart() {
      level = 0;
      here = 0;
      return { level, delayMs: 0 };
    },
  };
}

/** Milliseconds until the n-th look whether a better way in works again, while a lesser one does. */
export function probeDelay(probes: number, random: () => number): number {
  return Math.min(120_000, 2000 * 3 ** probes) * (0.75 + random() / 2);
}
