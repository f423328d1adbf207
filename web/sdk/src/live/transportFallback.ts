// Decides which transport to try next, and when. Pure.

export interface NextAttempt {
  /** Index of the transport; 0 is the best. */
  level: number;
  delayMs: number;
}

export interface Failure {
  /** How long the connection was live, in milliseconds; null if it never was. */
  liveFor: number | null;
  /** The transport seems to be blocked, so another attempt with it is no use. */
  isBlocked: boolean;
  /** The delay that the server asked for, in milliseconds. */
  afterMs?: number | undefined;
}

export interface TransportFallback {
  readonly level: number;
  /** Failed attempts since the last stable connection. */
  readonly attempts: number;
  /** The transport at this level is live. */
  connected: (level: number) => void;
  failed: (failure: Failure) => NextAttempt;
  /** Somebody asked to reconnect, or the network is back: try the best transport at once. */
  restart: () => NextAttempt;
}

/** Milliseconds after which a connection counts as stable. */
export const STABLE_AFTER = 5000;
/** Attempts with the best transport before the next one is tried. */
const BEST_ATTEMPTS = 2;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;
const GROWTH = 1.7;

/**
 * Tries the best transport twice, each other one once, and then starts over with growing delays. A server that is down
 * is waited for, and a blocked transport costs only the time to notice.
 */
export function createTransportFallback(levels: number, random: () => number): TransportFallback {
  let level = 0;
  let attempts = 0;
  let here = 0;

  /** Randomized, so that a thousand windows that lost the same server do not reconnect at the same moment. */
  function delay(afterMs: number): number {
    const most = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * GROWTH ** Math.max(0, attempts - 1));
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
      const patience = level === 0 && attempts <= BEST_ATTEMPTS ? BEST_ATTEMPTS : 1;
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

/** Milliseconds until the next probe for a better transport. */
export function probeDelay(probes: number, random: () => number): number {
  return Math.min(120_000, 2000 * 3 ** probes) * (0.75 + random() / 2);
}
