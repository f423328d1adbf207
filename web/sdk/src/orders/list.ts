// A list of orders that follows: what was read, and every change since.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { createWritableStore } from "../core/writableStore.js";
import type { Scheduler } from "../core/scheduler.js";
import type { Order } from "../model.js";
import { localProblem, OrdercastProblem } from "../problem.js";
import type { Changes, OrderCache } from "./cache.js";
import type { OrderFilter, OrderList, OrderListSnapshot } from "./contract.js";
import { compareOrders, matches, sortedIndex } from "./filter.js";

export interface LiveOrderList extends OrderList {
  /** Takes over what changed. */
  follow: (changes: Changes) => void;
  /** Whether an order that is not known would be shown, as far as its id tells when it was placed. */
  wouldShow: (id: string) => boolean;
  /** Reads it again if it was read, or is being read. */
  reload: () => void;
  /** Reads it, if somebody looks at it and nobody read it. */
  loadIfNeeded: () => void;
  /** Where in the log it was read; null before. */
  readAt: () => string | null;
  holds: (order: Order) => boolean;
  reset: () => void;
  readonly isUsed: boolean;
}

export interface ListContext {
  api: Api;
  scheduler: Scheduler;
  cache: OrderCache;
  isSignedIn: () => boolean;
  /** It was read at a place in the log. */
  onRead: (cursor: string) => void;
  /** Somebody looks. */
  onFirstSubscriber: () => void;
}

const EMPTY: OrderListSnapshot = { state: "idle", orders: [], hasMore: false, isLoadingMore: false, error: null };
/** A first page is there fast; the next ones are for whoever scrolls. */
const FIRST_PAGE = 100;
const PAGE = 200;

export function createList(context: ListContext, filter: OrderFilter): LiveOrderList {
  const { api, cache } = context;
  const store = createWritableStore<OrderListSnapshot>(context.scheduler, EMPTY, {
    onFirstSubscriber: () => {
      context.onFirstSubscriber();
      loadIfNeeded();
    },
  });
  /** What the server found by words that only it can search. */
  let found = new Set<string>();
  let next: string | null = null;
  /** Orders before this time were forgotten, and can be read again. */
  let cutAt: string | null = null;
  let readAt: string | null = null;
  let loading: Promise<void> | undefined;
  let generation = 0;

  const fits = (order: Order) => matches(order, filter, found.has(order.id));

  async function read(limit: number, page: string | null, before: string | null) {
    const { status, q, from } = filter;
    const to = before ?? filter.to;
    const query = {
      limit,
      ...(page === null ? {} : { page }),
      ...(status === undefined || status.length === 0 ? {} : { status: status.join() }),
      ...(q === undefined || q.trim() === "" ? {} : { q: q.trim() }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    return unwrap(api.GET("/api/v1/orders", { params: { query } }));
  }

  function load(): Promise<void> {
    if (!context.isSignedIn()) return Promise.resolve();
    generation += 1;
    const mine = generation;
    store.patch({
      state: store.getSnapshot().state === "ready" ? "ready" : "loading",
      error: null,
      isLoadingMore: false,
    });
    const run = read(FIRST_PAGE, null, null).then(
      (page) => {
        if (mine !== generation) return;
        for (const order of page.orders) cache.put(order);
        found = new Set(page.orders.map((order) => order.id));
        next = page.next ?? null;
        cutAt = null;
        readAt = page.cursor;
        const last = page.orders[page.orders.length - 1];
        // What came in live meanwhile is not on the page; what is older than the page is on the next one.
        const orders = [...cache.values()].filter(
          (order) => fits(order) && (next === null || last === undefined || compareOrders(order, last) <= 0),
        );
        store.set({
          state: "ready",
          orders: orders.sort(compareOrders),
          hasMore: next !== null,
          isLoadingMore: false,
          error: null,
        });
        context.onRead(page.cursor);
      },
      (error: unknown) => {
        if (mine === generation) store.patch({ state: "error", error: asProblem(error) });
      },
    );
    loading = run.finally(() => {
      if (mine === generation) loading = undefined;
    });
    return loading;
  }

  async function loadMore(): Promise<void> {
    const { hasMore, isLoadingMore, state } = store.getSnapshot();
    if (!hasMore || isLoadingMore || state !== "ready") return;
    const mine = generation;
    store.patch({ isLoadingMore: true });
    try {
      const page = await read(PAGE, cutAt === null ? next : null, cutAt);
      if (mine !== generation) return;
      for (const order of page.orders) {
        cache.put(order);
        found.add(order.id);
      }
      next = page.next ?? null;
      cutAt = null;
      const more = page.orders.flatMap((order) => cache.get(order.id) ?? []).filter(fits);
      store.patch({
        orders: merged(store.getSnapshot().orders, more),
        hasMore: next !== null,
        isLoadingMore: false,
        error: null,
      });
    } catch (error) {
      if (mine === generation) store.patch({ isLoadingMore: false, error: asProblem(error) });
    }
  }

  function loadIfNeeded(): void {
    const { state } = store.getSnapshot();
    if (store.subscriberCount > 0 && (state === "idle" || state === "error") && loading === undefined) void load();
  }

  /** Whether there is a place for it: what is older than the last page that was read stands on a later one. */
  function reaches(order: Order): boolean {
    const { orders, hasMore } = store.getSnapshot();
    const last = orders[orders.length - 1];
    return !hasMore || last === undefined || compareOrders(order, last) < 0;
  }

  return {
    filter,
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load,
    loadMore,
    loadIfNeeded,
    reload() {
      if (store.getSnapshot().state === "idle" || !context.isSignedIn()) return;
      if (store.subscriberCount > 0) void load();
      else reset();
    },
    follow(changes) {
      const { orders, state } = store.getSnapshot();
      if (state !== "ready" && state !== "error") return;
      let copy: Order[] | undefined;
      let isCut = false;
      for (const [id, before] of changes) {
        const order = cache.get(id);
        const asked = order ?? before;
        if (asked === undefined) continue;
        const { index, isThere } = sortedIndex(copy ?? orders, asked);
        if (order !== undefined && fits(order)) {
          if (isThere) (copy ??= [...orders])[index] = order;
          else if (reaches(order)) (copy ??= [...orders]).splice(index, 0, order);
        } else if (isThere) {
          (copy ??= [...orders]).splice(index, 1);
          isCut ||= order === undefined;
        }
      }
      if (copy === undefined) return;
      if (isCut) cutAt = copy[copy.length - 1]?.createdAt ?? null;
      store.patch({ orders: copy, hasMore: next !== null || cutAt !== null });
    },
    wouldShow(id) {
      const { orders, state, hasMore } = store.getSnapshot();
      if (state !== "ready") return false;
      const last = orders[orders.length - 1];
      // Ids sort by when an order was placed.
      return !hasMore || last === undefined || id > last.id;
    },
    readAt: () => readAt,
    holds: (order) => sortedIndex(store.getSnapshot().orders, order).isThere,
    reset,
    get isUsed() {
      return store.subscriberCount > 0;
    },
  };

  function reset(): void {
    generation += 1;
    loading = undefined;
    found = new Set();
    next = null;
    cutAt = null;
    readAt = null;
    store.set(EMPTY);
  }
}

/** Two sorted lists as one; what is in both is there once. */
function merged(one: readonly Order[], other: readonly Order[]): Order[] {
  const known = new Set(one.map((order) => order.id));
  const all = [...one, ...other.filter((order) => !known.has(order.id))];
  return all.sort(compareOrders);
}

export function asProblem(error: unknown): OrdercastProblem {
  return error instanceof OrdercastProblem ? error : localProblem("unexpected_answer", String(error), error);
}
