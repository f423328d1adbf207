// JSON values that survive a reload, in `localStorage` or anything like it.

/** `localStorage`, or anything like it. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A namespace of a storage. Reads and writes never throw: a storage that is full, disabled or corrupt behaves as if it were empty. */
export interface Persistence {
  read: <Value>(name: string) => Value | undefined;
  /** Whether the value was stored. */
  write: (name: string, value: unknown) => boolean;
  remove: (name: string) => void;
  /** The name behind a storage key; undefined for keys outside this namespace. */
  nameOf: (key: string) => string | undefined;
}

/** `prefix` separates namespaces: pages of one origin share one `localStorage`. */
export function createPersistence(prefix: string, storage: KeyValueStorage | null = browserStorage()): Persistence {
  return {
    read<Value>(name: string) {
      try {
        const text = storage?.getItem(prefix + name);
        return text ? (JSON.parse(text) as Value) : undefined;
      } catch {
        return undefined;
      }
    },
    write(name, value) {
      try {
        storage?.setItem(prefix + name, JSON.stringify(value));
        return storage !== null;
      } catch {
        return false;
      }
    },
    remove(name) {
      try {
        storage?.removeItem(prefix + name);
      } catch {
        // Storage is disabled, so there is nothing to remove.
      }
    },
    nameOf: (key) => (key.startsWith(prefix) ? key.slice(prefix.length) : undefined),
  };
}

/** `localStorage`; null where there is none or the browser forbids its use. */
export function browserStorage(): KeyValueStorage | null {
  try {
    return typeof localStorage === "undefined" ? null : localStorage;
  } catch {
    return null;
  }
}
