// Reads single orders of which events told too little: a few at a time, each once, and not without end.

export interface Reader {
  /** Resolves when it was read, or could not be. */
  read: (id: string) => Promise<void>;
  clear: () => void;
}

const AT_ONCE = 4;
/** Orders that may wait. More than these are read with the lists. */
const LIMIT = 500;

export function createReader(fetch: (id: string) => Promise<unknown>, onOverflow: () => void): Reader {
  const waiting = new Map<string, { done: Promise<void>; resolve: () => void }>();
  const running = new Set<string>();

  function next(): void {
    for (const [id, { resolve }] of waiting) {
      if (running.size >= AT_ONCE) return;
      // Asked for while it is being read: that answer may be older than what was told since, so it is read once more.
      if (running.has(id)) continue;
      waiting.delete(id);
      void run(id).then(resolve);
    }
  }

  async function run(id: string): Promise<void> {
    running.add(id);
    // Who cannot be read now is told of by the next event, or the next list.
    await fetch(id).catch(() => undefined);
    running.delete(id);
    next();
  }

  return {
    read(id) {
      const known = waiting.get(id);
      if (known !== undefined) return known.done;
      if (waiting.size >= LIMIT) {
        onOverflow();
        return Promise.resolve();
      }
      let resolve: () => void = () => undefined;
      const done = new Promise<void>((settle) => {
        resolve = settle;
      });
      waiting.set(id, { done, resolve });
      // What one moment asks for several times is read once.
      queueMicrotask(next);
      return done;
    },
    clear() {
      for (const { resolve } of waiting.values()) resolve();
      waiting.clear();
    },
  };
}
