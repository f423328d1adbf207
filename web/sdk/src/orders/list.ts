// A live list of orders: pages that were read, and every change since.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import type { Environment, Timer } from "../core/environment.js";
import type { Scheduler } from "../core/scheduler.js";
import { createWritableStore } from "../core/writableStore.js";
import type { OrderEvent } from "../live/events.js";
import type { Order } from "../model.js";
import { asProblem, type OrdercastProblem } from "../problem.js";
import type { OrderCache, OrderChanges } from "./cache.js";
import type {
  OrderFilter,
  OrderList,
  OrderListOptions,
  OrderListSnapshot,
  OrderRowsSnapshot,
  OrderSort,
} from "./contract.js";
import { matches, queryOf } from "./filter.js";
import { createListRows } from "./listRows.js";
import { COMPARE } from "./sort.js";

export interface LiveOrderList extends OrderList {
  /** Takes over changes of the cache. */
  follow: (changes: OrderChanges) => void;
  /** Whether the list would show an unknown order, as far as an event tells. */
  wouldShow: (event: Pick<OrderEvent, "orderId" | "status">) => boolean;
  has: (id: string) => boolean;
  /** Reads again what was read. Without subscribers the list is reset instead. */
  reload: () => void;
  /** Loads if there are subscribers, and nothing was loaded or the last page could not be loaded. */
  loadIfNeeded: () => void;
  /** The cursor at which the list was read; null before. */
  readAt: () => string | null;
  /** What was read so far, for another list of the same filter. */
  progress: () => ListProgress | undefined;
  reset: () => void;
  /** Whether there are subscribers. */
  readonly isUsed: boolean;
  /** Whether there are subscribers of whole orders, and not only of ids. */
  readonly showsOrders: boolean;
  readonly isLoading: boolean;
  /** How many rows may not be evicted from the cache: evicting the oldest would leave gaps in this order. */
  readonly protectedSize: number;
  /** Whether there are subscribers waiting for the first page. */
  readonly isWaiting: boolean;
}

/** How far a list was read. */
export interface ListProgress {
  sort: OrderSort;
  next: string | null;
  boundary: Order | null;
  cutAt: string | null;
  readAt: string;
  searchHits: ReadonlySet<string>;
}

export interface ListContext {
  api: Api;
  environment: Environment;
  scheduler: Scheduler;
  cache: OrderCache;
  isSignedIn: () => boolean;
  /** The list was read at this cursor. */
  onRead: (cursor: string) => void;
  /** Brings all lists up to date with the cache. */
  sync: () => void;
  /** Reads an order that the server did not return where it was expected. */
  reread: (id: string) => void;
  onFirstSubscriber: (list: LiveOrderList) => void;
  /** A page was loaded, or could not be loaded. */
  onSettled: () => void;
  onFailed: (problem: OrdercastProblem) => void;
  /** What another list of the same filter has read in this order, or completely. */
  adopt: (sort: ListProgress["sort"]) => ListProgress | undefined;
  /** What a list of all orders has read in this order, or completely. */
  known: (sort: ListProgress["sort"]) => ListProgress | undefined;
}

const EMPTY: OrderListSnapshot = { state: "idle", orders: [], hasMore: false, isLoadingMore: false, error: null };
const EMPTY_ROWS: OrderRowsSnapshot = {
  state: "idle",
  ids: [],
  leaving: new Set(),
  hasMore: false,
  isLoadingMore: false,
  error: null,
};
/** Orders of the first page, which has to be fast, and of the following pages. */
const FIRST_PAGE = 100;
const PAGE = 200;
/** Orders at which `loadAll` stops. */
const MAX_ALL = 10_000;

export function createList(
  context: ListContext,
  filter: OrderFilter,
  { sort = "newest", lingerMs = 0 }: OrderListOptions,
): LiveOrderList {
  const { api, cache } = context;
  const onFirstSubscriber = () => {
    context.onFirstSubscriber(list);
    loadIfNeeded();
  };
  const store = createWritableStore<OrderListSnapshot>(context.scheduler, EMPTY, { onFirstSubscriber });
  const rowsStore = createWritableStore<OrderRowsSnapshot>(context.scheduler, EMPTY_ROWS, { onFirstSubscriber });
  const rows = createListRows(COMPARE[sort]);
  const compare = COMPARE[sort];
  /** Rows that no longer match the filter, and the timers that remove them. */
  const leaving = new Map<string, Timer>();
  let hasLeavingChanged = false;
  /** Rows were evicted from the cache during `follow`. */
  let isCut = false;
  /** Orders that the server found by `q`. */
  let searchHits: Set<string> = new Set();
  let next: string | null = null;
  /** The last order that was read. While there are further pages, orders after it are not shown. */
  let boundary: Order | null = null;
  /** Orders placed before this time were evicted from the cache, and can be read again. */
  let cutAt: string | null = null;
  let readAt: string | null = null;
  let loading: Promise<void> | undefined;
  let loadingMore: Promise<void> | undefined;
  /** Incremented whenever requests in flight become obsolete. */
  let generation = 0;

  const fits = (order: Order) => matches(order, filter, searchHits.has(order.id));
  const hasMore = () => next !== null || cutAt !== null;
  const isUsed = () => store.subscriberCount + rowsStore.subscriberCount > 0;

  function isWithin(order: Order): boolean {
    return !hasMore() || boundary === null || compare(order, boundary) <= 0;
  }

  function publish(more: Partial<Omit<OrderListSnapshot, "orders" | "hasMore">> = {}): void {
    const shared = { hasMore: hasMore(), ...more };
    store.patch({ ...shared, orders: rows.orders() });
    rowsStore.patch({ ...shared, ids: rows.ids() });
  }

  function publishLeaving(): void {
    rowsStore.patch({ leaving: new Set(leaving.keys()) });
  }

  /** The row matches again, or is gone. */
  function cancelRemoval(id: string): void {
    context.environment.clearTimeout(leaving.get(id));
    if (leaving.delete(id)) hasLeavingChanged = true;
  }

  async function readPage(limit: number, page: string | null, before: string | null) {
    const bounded = before === null ? filter : { ...filter, to: before };
    const query = { limit, ...(page === null ? {} : { page }), ...queryOf(bounded, sort) };
    return unwrap(api.GET("/api/v1/orders", { params: { query } }));
  }

  /** Reads the first page, and further ones down to an order that was read before. */
  async function readUpTo(end: Order | null, isCurrent: () => boolean) {
    const first = await readPage(FIRST_PAGE, null, null);
    const orders = [...first.orders];
    let following = first.next ?? null;
    for (let last = orders.at(-1); following !== null && end !== null && last !== undefined; last = orders.at(-1)) {
      if (!isCurrent() || compare(last, end) >= 0) break;
      const page = await readPage(PAGE, following, null);
      orders.push(...page.orders);
      following = page.next ?? null;
    }
    return { orders, next: following, cursor: first.cursor };
  }

  function rebuild(): void {
    rows.replace([...cache.values()].filter((order) => fits(order) && isWithin(order)));
    for (const id of leaving.keys()) cancelRemoval(id);
    publishLeaving();
  }

  /** `isRetry`: the error stays until the answer, so that the page does not flicker. */
  function load(isRetry = false): Promise<void> {
    if (!context.isSignedIn()) return Promise.resolve();
    generation += 1;
    loadingMore = undefined;
    const mine = generation;
    const { state } = store.getSnapshot();
    if (state !== "ready" && rows.size === 0) showKnown();
    if (isRetry) publish({ isLoadingMore: false });
    else publish({ state: state === "ready" ? "ready" : "loading", error: null, isLoadingMore: false });
    const before = new Map(rows.orders().map((order) => [order.id, order.version]));
    // Also after a failed load: rows that were read before stay.
    const run = readUpTo(readAt === null ? null : boundary, () => mine === generation).then(
      (page) => {
        if (mine !== generation) return;
        for (const order of page.orders) cache.put(order);
        context.sync();
        searchHits = new Set(page.orders.map((order) => order.id));
        next = page.next;
        cutAt = null;
        readAt = page.cursor;
        boundary = page.orders.at(-1) ?? null;
        rebuild();
        publish({ state: "ready", error: null, isLoadingMore: false });
        // Shown here, and not returned: it changed while events were missed.
        for (const { id, version } of rows.orders())
          if (before.get(id) === version && !searchHits.has(id)) context.reread(id);
        context.onRead(page.cursor);
      },
      (error: unknown) => {
        if (mine === generation) failed(asProblem(error), { state: "error" });
      },
    );
    loading = run.finally(() => {
      if (mine !== generation) return;
      loading = undefined;
      context.onSettled();
    });
    return loading;
  }

  function failed(error: OrdercastProblem, more: Partial<OrderListSnapshot>): void {
    publish({ error, ...more });
    context.onFailed(error);
  }

  /** Shows what is known from the list of all orders while the first page is loading. */
  function showKnown(): void {
    const known = context.known(sort);
    if (known === undefined || filter.q?.trim()) return;
    [next, boundary, cutAt] = [known.next, known.boundary, known.cutAt];
    rebuild();
    if (rows.size === 0) [next, boundary, cutAt] = [null, null, null];
  }

  function loadIfNeeded(): void {
    const { state, error } = store.getSnapshot();
    if (!isUsed() || loading !== undefined) return;
    if (state === "ready" && error !== null) return void loadMore();
    if (state !== "idle" && state !== "error") return;
    const other = state === "idle" ? context.adopt(sort) : undefined;
    if (other === undefined) return void load(state === "error");
    ({ next, boundary, cutAt, readAt } = other);
    searchHits = new Set(other.searchHits);
    rebuild();
    publish({ state: "ready", error: null });
  }

  function loadMore(): Promise<void> {
    if (!hasMore() || store.getSnapshot().state !== "ready") return Promise.resolve();
    const mine = generation;
    loadingMore ??= loadNextPage().finally(() => {
      if (mine === generation) loadingMore = undefined;
    });
    return loadingMore;
  }

  async function loadNextPage(): Promise<void> {
    const mine = generation;
    publish({ isLoadingMore: true });
    try {
      const page = await readPage(PAGE, cutAt === null ? next : null, cutAt);
      if (mine !== generation) return;
      for (const order of page.orders) {
        cache.put(order);
        searchHits.add(order.id);
      }
      context.sync();
      next = page.next ?? null;
      cutAt = null;
      boundary = page.orders.at(-1) ?? boundary;
      // Also those that were known already, and have been outside the boundary.
      rows.add([...cache.values()].filter((order) => isWithin(order) && fits(order)));
      publish({ isLoadingMore: false, error: null });
    } catch (error) {
      if (mine === generation) failed(asProblem(error), { isLoadingMore: false });
    }
  }

  async function loadAll(limit = MAX_ALL): Promise<void> {
    if (store.getSnapshot().state !== "ready" && loading === undefined) void load();
    for (;;) {
      // A load that was replaced by another one resolves first.
      while (loading !== undefined) await loading;
      if (store.getSnapshot().state !== "ready" || !hasMore() || rows.size >= limit) return;
      await loadMore();
      if (loading === undefined && store.getSnapshot().error !== null) return;
    }
  }

  function leave(id: string): void {
    const remove = () => {
      leaving.delete(id);
      rows.remove(id);
      publish();
      publishLeaving();
    };
    leaving.set(id, context.environment.setTimeout(remove, lingerMs));
    hasLeavingChanged = true;
  }

  /** Adds, replaces, moves or removes the row of one order. */
  function update(id: string, order: Order | undefined): void {
    if (order === undefined) {
      cancelRemoval(id);
      if (rows.remove(id)) isCut = true;
    } else if (fits(order)) {
      cancelRemoval(id);
      if (rows.has(id) || isWithin(order)) rows.set(order);
    } else if (rows.has(id)) {
      if (lingerMs === 0 || !isUsed()) {
        rows.remove(id);
        return;
      }
      rows.set(order);
      if (!leaving.has(id)) leave(id);
    }
  }

  function reset(): void {
    generation += 1;
    loading = undefined;
    loadingMore = undefined;
    searchHits = new Set();
    next = null;
    boundary = null;
    cutAt = null;
    readAt = null;
    rows.replace([]);
    for (const id of leaving.keys()) cancelRemoval(id);
    store.set(EMPTY);
    rowsStore.set(EMPTY_ROWS);
  }

  const list: LiveOrderList = {
    filter,
    sort,
    rows: { getSnapshot: rowsStore.getSnapshot, subscribe: rowsStore.subscribe },
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load: () => load(),
    loadMore,
    loadAll,
    loadIfNeeded,
    reload() {
      if (store.getSnapshot().state === "idle" || !context.isSignedIn()) return;
      if (isUsed()) void load();
      else reset();
    },
    follow(changes) {
      const { state } = store.getSnapshot();
      if (state === "idle") return;
      isCut = false;
      hasLeavingChanged = false;
      for (const id of changes.keys()) update(id, cache.get(id));
      // Only the oldest orders are evicted. In another order they leave gaps, unless the list protects its rows.
      if (isCut && sort !== "newest") return list.reload();
      if (isCut) {
        boundary = rows.oldest();
        cutAt = boundary?.createdAt ?? null;
      }
      publish();
      if (hasLeavingChanged) publishLeaving();
    },
    wouldShow({ orderId, status }) {
      if (store.getSnapshot().state !== "ready") return false;
      if (!hasMore() || boundary === null) return true;
      // Ids sort by creation time. An unknown total may be anywhere, but only a change of status can bring it into the list.
      if (sort === "newest") return orderId > boundary.id;
      if (sort === "oldest") return orderId < boundary.id;
      // An order that changed just now belongs at the top.
      if (sort === "changed") return filter.status?.includes(status) ?? true;
      return filter.status?.includes(status) ?? false;
    },
    has: (id) => rows.has(id),
    readAt: () => readAt,
    progress: () =>
      readAt === null || store.getSnapshot().state !== "ready"
        ? undefined
        : { sort, next, boundary, cutAt, readAt, searchHits },
    reset,
    get isUsed() {
      return isUsed();
    },
    get showsOrders() {
      return store.subscriberCount > 0;
    },
    get isLoading() {
      return loading !== undefined;
    },
    get protectedSize() {
      return isUsed() && sort !== "newest" ? rows.size : 0;
    },
    get isWaiting() {
      return isUsed() && store.getSnapshot().state === "loading";
    },
  };
  return list;
}
