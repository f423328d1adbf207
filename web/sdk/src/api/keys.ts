// An action keeps its Idempotency-Key until its outcome is known, also when a person presses the button again.

import { LruMap } from "../core/bounded.js";

export interface IdempotencyKeys {
  /** The key of an action: the same one until the action is settled. */
  take: (action: string) => string;
  /** The outcome is known: the next identical request is a new action. */
  settle: (action: string) => void;
}

/** Actions with an unknown outcome that are remembered. */
const LIMIT = 50;

export function createKeys(make: () => string = randomKey): IdempotencyKeys {
  const open = new LruMap<string, string>(LIMIT);
  return {
    take(action) {
      const key = open.get(action) ?? make();
      open.set(action, key);
      return key;
    },
    settle: (action) => open.delete(action),
  };
}

/**
 * 128 random bits in hexadecimal, for an `Idempotency-Key` or any other unique name.
 *
 * `crypto.randomUUID` exists only on pages served over TLS or from localhost; this works everywhere.
 */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
