// Waiting with a deadline.

import type { Store } from "../../src/index.js";

export async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Subscribes to a store until its snapshot matches, and returns that snapshot. */
export async function until<Snapshot>(
  store: Store<Snapshot>,
  what: string,
  isWanted: (snapshot: Snapshot) => boolean,
  ms = 15_000,
): Promise<Snapshot> {
  let stop: () => void = () => undefined;
  const found = new Promise<Snapshot>((resolve) => {
    const look = () => {
      const snapshot = store.getSnapshot();
      if (isWanted(snapshot)) resolve(snapshot);
    };
    stop = store.subscribe(look);
    look();
  });
  try {
    return await within(ms, what, found);
  } catch (error) {
    if (error instanceof Error) error.message += `; it is ${JSON.stringify(store.getSnapshot())?.slice(0, 600)}`;
    throw error;
  } finally {
    stop();
  }
}

/** A list of items to wait on. */
export interface Recorder<Item> {
  items: Item[];
  push: (item: Item) => void;
  until: (what: string, isWanted: (items: Item[]) => boolean, ms?: number) => Promise<Item[]>;
}

export function recorder<Item>(): Recorder<Item> {
  const items: Item[] = [];
  const waiting = new Set<() => void>();
  return {
    items,
    push(item) {
      items.push(item);
      for (const look of waiting) look();
    },
    async until(what, isWanted, ms = 15_000) {
      let look: () => void = () => undefined;
      const found = new Promise<Item[]>((resolve) => {
        look = () => {
          if (isWanted(items)) resolve(items);
        };
        waiting.add(look);
        look();
      });
      try {
        return await within(ms, what, found);
      } catch (error) {
        if (error instanceof Error) error.message += `; got ${JSON.stringify(items).slice(0, 1500)}`;
        throw error;
      } finally {
        waiting.delete(look);
      }
    },
  };
}
