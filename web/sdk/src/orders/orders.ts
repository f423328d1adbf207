// The orders of the signed-in account: one cache, and the lists, pages and actions over it.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { LruMap } from "../core/bounded.js";
import type { Environment } from "../core/environment.js";
import type { Persistence } from "../core/persistence.js";
import type { Scheduler } from "../core/scheduler.js";
import { createWritableStore } from "../core/writableStore.js";
import type { OrderEvent } from "../live/events.js";
import type { ReceivedEvent } from "../live/incoming.js";
import type { Account, Order } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import { createCache } from "./cache.js";
import { createChanges } from "./changes.js";
import type { OrderConflict, OrderFilter, OrderListOptions, OrdersActivity, OrdersStore } from "./contract.js";
import { exportCsv } from "./exportCsv.js";
import { keyOf } from "./filter.js";
import { createList, type ListContext, type ListProgress, type LiveOrderList } from "./list.js";
import { createPersistedOrders } from "./persistedOrders.js";
import { createPlacing } from "./placing.js";
import { createReader } from "./reader.js";
import { createTracking, type LiveOrderTracking } from "./tracking.js";
import { createWatchers } from "./watch.js";

export interface OrdersContext {
  api: Api;
  environment: Environment;
  persistence: Persistence;
  scheduler: Scheduler;
  account: () => Account | null;
  maxOrders: number;
  /** Something was read at this cursor. */
  onRead: (cursor: string) => void;
  /** Whether every event after this cursor was or will be received. */
  covers: (cursor: string) => boolean;
  /** A change of ours made this version. */
  onOwn: (id: string, version: number) => void;
  /** A list or a page could not be read. */
  onFailed: (problem: OrdercastProblem) => void;
  /** A list or an order that events wait for was read. See {@link Orders.isShown}. */
  onSettled: () => void;
}

export interface Orders extends OrdersStore {
  /** Applies an event, and the new order that it brings, to the cache and the timelines. */
  apply: (event: OrderEvent, created?: Order) => void;
  /**
   * Whether the lists in use show what the event is about. False while a list loads, or while an order that a list has
   * to show is being read: no toast may name an order that is not on the screen yet.
   */
  isShown: (event: ReceivedEvent) => boolean;
  /** Whether a list in use is being read. */
  isReading: () => boolean;
  /** The cursors at which the lists in use, and the open page of this order, were read. */
  readCursors: (id: string) => (string | null)[];
  /** Counts a new order. */
  countNew: () => void;
  /** Stores orders without an event. */
  put: (orders: readonly Order[]) => void;
  known: () => Iterable<Order>;
  /** Brings lists and pages up to date with the cache. */
  follow: () => void;
  /** Reads again what may have missed events. */
  catchUp: () => void;
  setAccount: (account: Account | null) => void;
  /** Removes what is persisted for this account. */
  forget: (account: Account) => void;
  /** A new history begins. */
  reset: (orders: readonly Order[]) => void;
  /** Persists the tracked orders. */
  save: () => void;
}

/** Lists and pages without subscribers that are kept. */
const MAX_UNUSED = 20;
const MAX_CONFLICTS = 100;

export function createOrders(context: OrdersContext): Orders {
  const { api, environment, scheduler, account } = context;
  const persisted = createPersistedOrders(context.persistence, account);
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
  let person: string | null = null;
  /** How many people signed out. */
  let signOuts = 0;
  const reader = createReader(environment, fetch, {
    onOverflow() {
      for (const list of everyList()) list.reload();
    },
    onRead: context.onSettled,
  });
  const watchers = createWatchers({
    scheduler,
    cache,
    conflict: (id) => conflicts.get(id),
    read: (ref) => void reader.read(ref),
  });
  const lists = new LruMap<string, LiveOrderList>(MAX_UNUSED, (list) => !list.isUsed);
  const tracked = new LruMap<string, LiveOrderTracking>(MAX_UNUSED, (order) => !order.isUsed);
  const all = openList({}, {});
  /** Incomplete orders since the last `follow`. */
  const changedByEvent = new Set<string>();

  const changes = createChanges({
    api,
    cache,
    environment,
    fetch,
    guard,
    read: reader.read,
    conflicts: {
      add(conflict) {
        const others = [...conflicts].filter(([id]) => id !== conflict.orderId).slice(1 - MAX_CONFLICTS);
        conflicts = new Map([...others, [conflict.orderId, conflict]]);
        watchers.refresh(conflict.orderId);
        onActivity();
      },
      dismiss(conflict) {
        conflicts = new Map([...conflicts].filter(([, each]) => each !== conflict));
        watchers.refresh(conflict.orderId);
        onActivity();
      },
    },
    onActivity,
    onAction(ids) {
      for (const id of ids) watchers.touch(id, environment.now(), false);
      onActivity();
      // A person acted: they see it at once, and not with the next frame.
      scheduler.flush();
    },
    onOwn: context.onOwn,
  });

  const placing = createPlacing({
    api,
    guard,
    onPlaced(order) {
      context.onOwn(order.id, order.version);
      cache.put(order);
    },
    onSettled: context.onSettled,
  });

  function onActivity(): void {
    follow();
    activity.patch({ pending: cache.pending(), conflicts });
    for (const order of tracked.values()) order.refreshActivity();
  }

  function onRead(cursor: string): void {
    context.onRead(cursor);
    // The response was read before the live connection began, and arrived only now.
    if (!context.covers(cursor)) catchUp();
  }

  /** Returns whether the same person is still signed in: a response belongs to the person who requested it. */
  function guard(): () => boolean {
    const before = signOuts;
    return () => signOuts === before;
  }

  async function fetch(ref: string): Promise<Order> {
    const isSamePerson = guard();
    const order = await unwrap(api.GET("/api/v1/orders/{order}", { params: { path: { order: ref } } }));
    if (isSamePerson()) cache.put(order);
    return cache.get(order.id) ?? order;
  }

  function openList(filter: OrderFilter, options: OrderListOptions): LiveOrderList {
    const key = keyOf(filter);
    const listContext: ListContext = {
      api,
      environment,
      scheduler,
      cache,
      isSignedIn,
      onRead,
      sync: follow,
      reread: (id) => reader.readInBackground(id),
      onFirstSubscriber(list) {
        if (list !== all) lists.set(listKey(filter, options), list);
        for (const id of cache.incompleteIds()) if (list.has(id)) reader.readInBackground(id);
      },
      onSettled: context.onSettled,
      onFailed: context.onFailed,
      adopt: (sort) => progressOf(key, sort),
      known: (sort) => progressOf("", sort),
    };
    return createList(listContext, filter, options);
  }

  /** What was read with this filter, in this order or completely, where no event was missed since. */
  function progressOf(key: string, sort: ListProgress["sort"]): ListProgress | undefined {
    const current = everyList().filter((list) => {
      const at = list.readAt();
      return keyOf(list.filter) === key && at !== null && context.covers(at);
    });
    const progress = current.flatMap((list) => list.progress() ?? []);
    return progress.find((read) => read.sort === sort || (read.next === null && read.cutAt === null));
  }

  function everyList(): LiveOrderList[] {
    return [all, ...lists.values()];
  }

  function follow(): void {
    const changed = cache.takeChanges();
    if (changed.size === 0) return;
    for (const list of everyList()) list.follow(changed);
    for (const order of tracked.values()) order.follow(changed);
    watchers.follow(changed);
    trim();
    // Only now do the lists know what they show.
    for (const id of changedByEvent) complete(id);
    changedByEvent.clear();
  }

  /** Evicts in steps, so that not every new order costs a walk through all of them. */
  function trim(): void {
    if (cache.size <= context.maxOrders * 1.05) return;
    const guarded = everyList().filter((list) => list.protectedSize > 0);
    const limit = guarded.reduce((sum, list) => sum + list.protectedSize, context.maxOrders);
    if (cache.size <= limit * 1.05) return;
    cache.trim(limit, (id) => isOpen(id) || guarded.some((list) => list.has(id)));
  }

  /** Whether a page or a row shows this order. */
  function isOpen(id: string): boolean {
    return isWatched(id) || isTracked(id);
  }

  function isWatched(id: string): boolean {
    const order = cache.get(id);
    return order !== undefined && watchers.isWatched(order);
  }

  function isTracked(id: string): boolean {
    return [...tracked.values()].some((page) => page.isUsed && page.id() === id);
  }

  /** Reads an incomplete order if somebody sees it. An open page does not wait. */
  function complete(id: string): void {
    if (isTracked(id)) void reader.read(id);
    else if (isWatched(id) || everyList().some((list) => (list.showsOrders && list.has(id)) || mayFind(list, id)))
      reader.readInBackground(id);
  }

  /** Whether a list searches, and the address of the order is not known yet. */
  function mayFind(list: LiveOrderList, id: string): boolean {
    const isSearch = list.isUsed && (list.filter.q ?? "").trim() !== "";
    return isSearch && cache.get(id)?.shippingAddress == null;
  }

  function catchUp(): void {
    for (const one of [...everyList(), ...tracked.values()]) {
      const at = one.readAt();
      if (at !== null && !context.covers(at)) one.reload();
      else one.loadIfNeeded();
    }
    for (const id of cache.incompleteIds()) complete(id);
    watchers.readUnknown();
  }

  function loadIfNeeded(): void {
    for (const one of [...everyList(), ...tracked.values()]) one.loadIfNeeded();
  }

  const store: OrdersStore = {
    filter: all.filter,
    sort: all.sort,
    rows: all.rows,
    getSnapshot: all.getSnapshot,
    subscribe: all.subscribe,
    load: all.load,
    loadMore: all.loadMore,
    loadAll: all.loadAll,
    activity: { getSnapshot: activity.getSnapshot, subscribe: activity.subscribe },
    list(filter, options = {}) {
      const key = listKey(filter, options);
      if (key === "") return all;
      const known = lists.get(key);
      if (known !== undefined) return known;
      const list = openList(filter, options);
      lists.set(key, list);
      return list;
    },
    watch: watchers.watch,
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
          onFailed: context.onFailed,
          read: (id) => void reader.read(id),
          persisted,
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
    place: placing.place,
    exportCsv: (filter, options) => exportCsv(api, filter, options),
    setStatus(order, status, options = {}) {
      const { expectedVersion: _, idempotencyKey: __, signal: ___, ...body } = options;
      return changes.change(order, { type: "status", body: { status, ...body } }, options);
    },
    setDelivery: (order, body, options = {}) => changes.change(order, { type: "delivery", body }, options),
    cancel(order, options = {}) {
      const by = account()?.role === "staff" ? "staff" : "customer";
      return changes.change(order, { type: "cancel", reason: options.reason, by }, options);
    },
    setStatusOfMany: (orders, status, options = {}) => changes.changeMany(orders, status, options),
    acknowledgeNew() {
      activity.patch({ newCount: 0 });
      scheduler.flush();
    },
  };

  function clear(): void {
    reader.clear();
    cache.clear();
    cache.takeChanges();
    watchers.clear();
    for (const one of [...everyList(), ...tracked.values()]) one.reset();
  }

  return {
    ...store,
    apply(event, created) {
      const outcome = cache.apply(event, created);
      if (outcome === "incomplete") changedByEvent.add(event.orderId);
      if (outcome === "unknown" && everyList().some((list) => list.wouldShow(event))) void reader.read(event.orderId);
      if (outcome !== "stale" && outcome !== "unknown" && !event.missed)
        watchers.touch(event.orderId, environment.now(), event.kind === "order.created");
      for (const order of tracked.values()) order.addEvent(event);
    },
    isShown({ orderId, kind }) {
      if (placing.isPlacing() && kind === "order.created" && account()?.role === "customer") return false;
      if (everyList().some((list) => list.isWaiting)) return false;
      return cache.get(orderId) !== undefined || !reader.isReading(orderId);
    },
    isReading: () => everyList().some((list) => list.isUsed && list.isLoading),
    readCursors: (id) => [
      ...everyList().flatMap((list) => (list.isUsed ? [list.readAt()] : [])),
      ...[...tracked.values()].flatMap((page) => (page.isUsed && page.id() === id ? [page.readAt()] : [])),
    ],
    countNew: () => activity.patch({ newCount: activity.getSnapshot().newCount + 1 }),
    put(orders) {
      for (const order of orders) cache.put(order);
    },
    known: cache.values,
    follow,
    catchUp,
    setAccount(now) {
      if (person !== null && now?.id !== person) signOuts += 1;
      person = now?.id ?? null;
      conflicts = new Map();
      clear();
      activity.set({ pending: cache.pending(), conflicts, newCount: 0 });
      if (now !== null) loadIfNeeded();
    },
    forget: persisted.remove,
    reset(orders) {
      const usedLists = everyList().filter((list) => list.isUsed);
      const usedPages = [...tracked.values()].filter((page) => page.isUsed);
      clear();
      for (const order of orders) cache.put(order);
      // The lists return most of the watched orders.
      void Promise.all(usedLists.map((list) => list.load())).then(watchers.readUnknown);
      for (const page of usedPages) void page.load();
    },
    save() {
      for (const order of tracked.values()) order.save();
    },
  };
}

/** Equal for lists that show the same; empty for the list of all orders. */
function listKey(filter: OrderFilter, { sort = "newest", lingerMs = 0 }: OrderListOptions): string {
  const key = keyOf(filter);
  return sort === "newest" && lingerMs === 0 ? key : `${key} ${sort} ${lingerMs}`;
}
