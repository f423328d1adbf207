// The same action keeps its Idempotency-Key: also when a person presses the button again because no answer came.

import { LruMap } from "../core/bounded.js";

export interface IdempotencyKeys {
  /** The key of an action: the one it had, if its outcome is not known yet. */
  take: (action: string) => string;
  /** The outcome is known: the same request is another action from now on. */
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
 * 128 random bits in hexadecimal: a new `Idempotency-Key`, or any other name that nobody else makes up.
 *
 * `crypto.randomUUID` is only there on pages that came over TLS or from this machine; this is everywhere.
 */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
