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
  const waiting = new Map<string, { done: Promise<void>; start: () => Promise<void> }>();
  const queue: string[] = [];
  let running = 0;

  function next(): void {
    while (running < AT_ONCE) {
      const id = queue.shift();
      if (id === undefined) return;
      running += 1;
      void waiting
        .get(id)
        ?.start()
        .finally(() => {
          running -= 1;
          waiting.delete(id);
          next();
        });
    }
  }

  return {
    read(id) {
      const known = waiting.get(id);
      if (known !== undefined) return known.done;
      if (queue.length >= LIMIT) {
        onOverflow();
        return Promise.resolve();
      }
      let resolve: () => void = () => undefined;
      const done = new Promise<void>((settle) => {
        resolve = settle;
      });
      const start = async () => {
        // Who cannot be read now is told of by the next event, or the next list.
        await fetch(id).catch(() => undefined);
        resolve();
      };
      waiting.set(id, { done, start });
      queue.push(id);
      next();
      return done;
    },
    clear() {
      for (const id of queue.splice(0)) {
        waiting.delete(id);
      }
    },
  };
}
