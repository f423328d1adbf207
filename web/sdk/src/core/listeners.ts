export interface Listeners<Args extends unknown[]> {
  /** Returns how to remove the listener. */
  add: (listener: (...args: Args) => void) => () => void;
  call: (...args: Args) => void;
  readonly size: number;
  clear: () => void;
}

export function createListeners<Args extends unknown[]>(): Listeners<Args> {
  // Each `add` makes an entry, so that a function added twice is called twice and removed once.
  const entries = new Set<{ listener: (...args: Args) => void }>();
  return {
    add(listener) {
      const entry = { listener };
      entries.add(entry);
      return () => {
        entries.delete(entry);
      };
    },
    call(...args) {
      for (const { listener } of [...entries]) runGuarded(() => listener(...args));
    },
    get size() {
      return entries.size;
    },
    clear: () => entries.clear(),
  };
}

/** Runs a callback of the embedding page. An exception is reported and does not propagate. */
export function runGuarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else console.error(error);
  }
}
