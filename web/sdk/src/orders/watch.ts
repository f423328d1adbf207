// A store for each order that somebody watches, so that a change of one order notifies only those who show it.

import { LruMap } from "../core/bounded.js";
import type { Scheduler } from "../core/scheduler.js";
import { createWritableStore, type WritableStore } from "../core/writableStore.js";
import type { Order } from "../model.js";
import type { Store } from "../store.js";
import type { OrderCache, OrderChanges } from "./cache.js";
import type { OrderConflict, WatchedOrder } from "./contract.js";

export interface OrderWatchers {
  watch: (idOrNumber: string) => Store<WatchedOrder>;
  isWatched: (order: Order) => boolean;
  /** An event or a change of ours changed an order. `isNew`: it was just placed. */
  touch: (id: string, now: number, isNew: boolean) => void;
  follow: (changes: OrderChanges) => void;
  /** The conflict of an order may have changed. */
  refresh: (id: string) => void;
  /** Reads the watched orders that are unknown: they could not be read before, or a new history began. */
  readUnknown: () => void;
  clear: () => void;
}

export interface WatchContext {
  scheduler: Scheduler;
  cache: OrderCache;
  conflict: (id: string) => OrderConflict | undefined;
  /** Somebody began to watch an order that has to be read. */
  read: (idOrNumber: string) => void;
}

interface Watcher {
  /** The id or number that was requested. */
  ref: string;
  store: WritableStore<WatchedOrder>;
  /** The store as handed out: its snapshot is current without subscribers too. */
  view: Store<WatchedOrder>;
}

const UNKNOWN: WatchedOrder = { order: null, isPending: false, conflict: null, changedAt: null, isNew: false };
/** Stores without subscribers that are kept. */
const MAX_UNUSED = 500;
/** Orders whose last change is remembered. */
const MAX_TOUCHED = 2000;

export function createWatchers({ scheduler, cache, conflict, read }: WatchContext): OrderWatchers {
  /** With subscribers, by the id or number that was requested. */
  const used = new Map<string, Set<Watcher>>();
  const unused = new LruMap<string, Watcher>(MAX_UNUSED);
  const touched = new LruMap<string, { changedAt: number; isNew: boolean }>(MAX_TOUCHED);

  function update({ ref, store }: Watcher): void {
    const order = cache.get(ref);
    if (order === undefined) return store.patch(UNKNOWN);
    store.patch({
      order,
      isPending: cache.pending().has(order.id),
      conflict: conflict(order.id) ?? null,
      changedAt: touched.get(order.id)?.changedAt ?? null,
      isNew: touched.get(order.id)?.isNew ?? false,
    });
  }

  function open(ref: string): Watcher {
    const store = createWritableStore<WatchedOrder>(scheduler, UNKNOWN, {
      onFirstSubscriber() {
        unused.delete(ref);
        used.set(ref, (used.get(ref) ?? new Set()).add(watcher));
        update(watcher);
        const order = cache.get(ref);
        if (order === undefined || cache.isIncomplete(order.id)) read(order?.id ?? ref);
      },
      onLastSubscriber() {
        used.get(ref)?.delete(watcher);
        if (used.get(ref)?.size === 0) used.delete(ref);
        unused.set(ref, watcher);
      },
    });
    const view: Store<WatchedOrder> = {
      getSnapshot() {
        if (store.subscriberCount === 0) update(watcher);
        return store.getSnapshot();
      },
      subscribe: store.subscribe,
    };
    const watcher: Watcher = { ref, store, view };
    unused.set(ref, watcher);
    return watcher;
  }

  function watchersOf(order: Order): Watcher[] {
    return [order.id, order.number].flatMap((ref) => [...(used.get(ref) ?? [])]);
  }

  return {
    watch(ref) {
      const [watcher = unused.get(ref) ?? open(ref)] = used.get(ref) ?? [];
      return watcher.view;
    },
    isWatched: (order) => used.has(order.id) || used.has(order.number),
    touch(id, now, isNew) {
      touched.set(id, { changedAt: now, isNew });
    },
    follow(changes) {
      for (const [id, before] of changes) {
        const order = cache.get(id) ?? before;
        if (order !== undefined) for (const watcher of watchersOf(order)) update(watcher);
      }
    },
    refresh(id) {
      const order = cache.get(id);
      if (order !== undefined) for (const watcher of watchersOf(order)) update(watcher);
    },
    readUnknown() {
      for (const ref of used.keys()) if (cache.get(ref) === undefined) read(ref);
    },
    clear() {
      touched.clear();
      for (const watchers of used.values()) for (const watcher of watchers) update(watcher);
    },
  };
}
