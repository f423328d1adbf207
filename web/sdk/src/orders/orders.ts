// The orders of whoever is signed in: one cache, and lists, pages and actions over it.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { LruMap } from "../core/bounded.js";
import { createWritableStore } from "../core/writableStore.js";
import type { Environment } from "../core/environment.js";
import type { Persistence } from "../core/persistence.js";
import type { Scheduler } from "../core/scheduler.js";
import type { ReceivedEvent } from "../live/incoming.js";
import type { OrderEvent } from "../live/events.js";
import type { Account, Order } from "../model.js";
import { createCache } from "./cache.js";
import { createChanges } from "./changes.js";
import type { OrderConflict, OrdersActivity, OrdersStore } from "./contract.js";
import { keyOf } from "./filter.js";
import { createPersistedOrders } from "./persistedOrders.js";
import { createList, type LiveOrderList } from "./list.js";
import { createReader } from "./reader.js";
import { createTracking, type LiveOrderTracking } from "./tracking.js";

export interface OrdersContext {
  api: Api;
  environment: Environment;
  persistence: Persistence;
  scheduler: Scheduler;
  account: () => Account | null;
  maxOrders: number;
  /** Something was read at a place in the log. */
  onRead: (cursor: string) => void;
  /** Whether everything since a place is heard. */
  covers: (cursor: string) => boolean;
  /** A change of ours made this version. */
  onOwn: (id: string, version: number) => void;
}

export interface Orders extends OrdersStore {
  /** An event, before its listeners hear of it. */
  apply: (event: ReceivedEvent) => void;
  /** After it was taken over: for timelines and badges. `isTold`: something else receive of it already. */
  tell: (event: OrderEvent, isTold: boolean) => void;
  /** Orders as they are, without anything having happened. */
  put: (orders: readonly Order[]) => void;
  known: () => Iterable<Order>;
  /** Takes over what changed into lists and pages. */
  follow: () => void;
  /** Reads whatever may have missed something. */
  catchUp: () => void;
  /** Somebody signed in, or out. */
  setAccount: (account: Account | null) => void;
  /** Removes what is kept of somebody on this device. */
  forget: (account: Account) => void;
  /** The history is another one. */
  reset: (orders: readonly Order[]) => void;
  /** Writes down the orders that are looked at. */
  save: () => void;
}

/** Lists and pages that nobody looks at, and are kept for whoever comes back to them. */
const UNUSED = 20;
const CONFLICTS = 100;

export function createOrders(context: OrdersContext): Orders {
  const { api, environment, scheduler, account } = context;
  const kept = createPersistedOrders(context.persistence, account);
  const cache = createCache(
    () => scheduler.schedule(follow),
    (id) => void reader.read(id),
  );
  const activity = createWritableStore<OrdersActivity>(scheduler, {
    pending: new Set(),
    conflicts: new Map(),
    newCount: 0,
  });
  let conflicts: ReadonlyMap<string, OrderConflict> = new Map();
  const isSignedIn = () => account() !== null;
  /** Who is here, and how often somebody left. Before it is known who is here, nobody has. */
  let person: string | null = null;
  let left = 0;
  const reader = createReader(fetch, () => {
    for (const list of everyList()) list.reload();
  });
  const lists = new LruMap<string, LiveOrderList>(UNUSED, (list) => !list.isUsed);
  const tracked = new LruMap<string, LiveOrderTracking>(UNUSED, (order) => !order.isUsed);
  const all = createList({ api, cache, scheduler, isSignedIn, onRead, onFirstSubscriber: () => undefined }, {});

  const changes = createChanges({
    api,
    cache,
    environment,
    fetch,
    stay,
    read: reader.read,
    conflicts: {
      add(conflict) {
        const others = [...conflicts].filter(([id]) => id !== conflict.orderId).slice(1 - CONFLICTS);
        conflicts = new Map([...others, [conflict.orderId, conflict]]);
        onActivity();
      },
      dismiss(conflict) {
        conflicts = new Map([...conflicts].filter(([, each]) => each !== conflict));
        onActivity();
      },
    },
    onActivity,
    onAction: scheduler.flush,
    onOwn: context.onOwn,
  });

  function onActivity(): void {
    follow();
    activity.patch({ pending: cache.pending(), conflicts });
    for (const order of tracked.values()) order.settle();
  }

  function onRead(cursor: string): void {
    context.onRead(cursor);
    // It may have been read before the live connection began, and have arrived only now.
    if (!context.covers(cursor)) catchUp();
  }

  /** Tells later whether the same person is here: an answer to somebody who left is nobody else's. */
  function stay(): () => boolean {
    const before = left;
    return () => left === before;
  }

  async function fetch(ref: string): Promise<Order> {
    const isHere = stay();
    const order = await unwrap(api.GET("/api/v1/orders/{order}", { params: { path: { order: ref } } }));
    if (isHere()) cache.put(order);
    return cache.get(order.id) ?? order;
  }

  function everyList(): LiveOrderList[] {
    return [all, ...lists.values()];
  }

  function follow(): void {
    const changes = cache.takeChanges();
    if (changes.size === 0) return;
    for (const list of everyList()) list.follow(changes);
    for (const order of tracked.values()) order.follow(changes);
    trim();
  }

  /** Forgets in steps, so that not every order that comes in costs a walk through all of them. */
  function trim(): void {
    const { maxOrders } = context;
    if (cache.size <= maxOrders * 1.05) return;
    const shown = new Set<string | undefined>();
    for (const order of tracked.values()) if (order.isUsed) shown.add(order.id());
    cache.trim(maxOrders, (id) => shown.has(id));
  }

  function catchUp(): void {
    for (const one of [...everyList(), ...tracked.values()]) {
      const at = one.readAt();
      if (at !== null && !context.covers(at)) one.reload();
      // What could not be read while nobody answered.
      else one.loadIfNeeded();
    }
  }

  function loadIfNeeded(): void {
    for (const one of [...everyList(), ...tracked.values()]) one.loadIfNeeded();
  }

  const store: OrdersStore = {
    filter: all.filter,
    getSnapshot: all.getSnapshot,
    subscribe: all.subscribe,
    load: all.load,
    loadMore: all.loadMore,
    activity,
    list(filter) {
      const key = keyOf(filter);
      if (key === "") return all;
      const known = lists.get(key);
      if (known !== undefined) return known;
      const onFirstSubscriber = () => lists.set(key, list);
      const list = createList({ api, cache, scheduler, isSignedIn, onRead, onFirstSubscriber }, filter);
      lists.set(key, list);
      return list;
    },
    track(ref) {
      const known = tracked.get(ref);
      if (known !== undefined) return known;
      const tracking = createTracking(
        {
          api,
          environment,
          scheduler,
          cache,
          isSignedIn,
          onRead,
          recall: kept.recall,
          remember: kept.remember,
          conflict: (id) => conflicts.get(id),
          onFirstSubscriber: () => tracked.set(ref, tracking),
        },
        ref,
      );
      tracked.set(ref, tracking);
      return tracking;
    },
    get: cache.get,
    fetch,
    async place(order, options = {}) {
      const { idempotencyKey, signal } = options;
      const isHere = stay();
      const placed = await unwrap(
        api.POST("/api/v1/orders", {
          body: order,
          ...(idempotencyKey === undefined ? {} : { headers: { "Idempotency-Key": idempotencyKey } }),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
      context.onOwn(placed.id, placed.version);
      if (isHere()) cache.put(placed);
      return placed;
    },
    setStatus(order, status, options = {}) {
      const { expectedVersion: _, idempotencyKey: __, signal: ___, ...body } = options;
      return changes.change(order, { type: "status", body: { status, ...body } }, options);
    },
    setDelivery: (order, body, options = {}) => changes.change(order, { type: "delivery", body }, options),
    cancel(order, options = {}) {
      const by = account()?.role === "staff" ? "staff" : "customer";
      return changes.change(order, { type: "cancel", reason: options.reason, by }, options);
    },
    setStatusOfMany: (orders, status, options = {}) => changes.bulk(orders, status, options),
    acknowledgeNew() {
      activity.patch({ newCount: 0 });
      scheduler.flush();
    },
  };

  function clear(): void {
    reader.clear();
    cache.clear();
    conflicts = new Map();
    cache.takeChanges();
    for (const one of [...everyList(), ...tracked.values()]) one.reset();
    activity.set({ pending: cache.pending(), conflicts, newCount: 0 });
  }

  return {
    ...store,
    apply(event) {
      const outcome = cache.apply(event);
      const isWanted =
        outcome === "incomplete" ||
        (outcome === "unknown" && everyList().some((list) => list.wouldShow(event.orderId)));
      if (isWanted) void reader.read(event.orderId);
    },
    tell(event, isTold) {
      for (const order of tracked.values()) order.tell(event);
      if (event.kind === "order.created" && !event.own && !isTold)
        activity.patch({ newCount: activity.getSnapshot().newCount + 1 });
    },
    put(orders) {
      for (const order of orders) cache.put(order);
    },
    known: cache.values,
    follow,
    catchUp,
    setAccount(now) {
      if (person !== null && now?.id !== person) left += 1;
      person = now?.id ?? null;
      clear();
      if (now !== null) loadIfNeeded();
    },
    forget: kept.forget,
    reset(orders) {
      const used = everyList().filter((list) => list.isUsed);
      reader.clear();
      cache.clear();
      cache.takeChanges();
      for (const one of [...everyList(), ...tracked.values()]) one.reset();
      for (const order of orders) cache.put(order);
      for (const list of used) void list.load();
      for (const order of tracked.values()) order.reload();
    },
    save() {
      for (const order of tracked.values()) order.save();
    },
  };
}
