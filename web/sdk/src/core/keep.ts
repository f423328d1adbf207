// What is kept on this device across reloads: who was signed in, how far they had heard, the orders they looked at last.

import type { KeyValueStorage } from "../contract.js";

export interface Keep {
  read: <Value>(name: string) => Value | undefined;
  write: (name: string, value: unknown) => void;
  remove: (name: string) => void;
  /** The name that a key of the storage stands for, if it is one of ours. */
  nameOf: (key: string) => string | undefined;
}

/** Keys begin with whose server it is: pages of one origin may use several. */
export function createKeep(storage: KeyValueStorage | null, server: string): Keep {
  const prefix = `ordercast:${server}:`;
  return {
    read<Value>(name: string) {
      try {
        const text = storage?.getItem(prefix + name);
        return text ? (JSON.parse(text) as Value) : undefined;
      } catch {
        // Storage that is switched off, or that somebody else wrote to: as if there were nothing.
        return undefined;
      }
    },
    write(name, value) {
      try {
        storage?.setItem(prefix + name, JSON.stringify(value));
      } catch {
        // Full or switched off. Everything kept can be had again.
      }
    },
    remove(name) {
      try {
        storage?.removeItem(prefix + name);
      } catch {
        // As above.
      }
    },
    nameOf: (key) => (key.startsWith(prefix) ? key.slice(prefix.length) : undefined),
  };
}

/** The browser's own storage, where there is one and it may be used. */
export function ownStorage(): KeyValueStorage | null {
  try {
    return typeof localStorage === "undefined" ? null : localStorage;
  } catch {
    return null;
  }
}
