// Loads the table's pages as far as the user scrolls, and fetches orders that a live event names before their page is
// loaded.

import { boundsOf, queryOf, type OrderFilters, type OrderQuery } from "./filters";
import type { EventData, OrderData } from "./row";
import type { RowStore } from "./store";

export interface Source {
  list: (
    query: OrderQuery & { page?: string },
    signal: AbortSignal,
  ) => Promise<{ orders: OrderData[]; next?: string | null }>;
  get: (id: string, signal: AbortSignal) => Promise<OrderData>;
}

export interface LoadState {
  /** `first`: loading the first page; `more`: loading a further page; `failed`: see `error`. */
  phase: "first" | "more" | "idle" | "failed";
  /** All matching orders are loaded. */
  complete: boolean;
  error?: unknown;
}

export interface Loader {
  open: (filters: OrderFilters, timeZone: string) => Promise<void>;
  /** Loads the next page, unless it is loading or there is none. */
  more: () => Promise<void>;
  /** Loads all pages up to `MAX_ROWS`: for sorting, and for selecting all matching orders. */
  all: () => Promise<void>;
  /** Fetches all loaded pages again, after events may have been missed. */
  refresh: () => Promise<void>;
  /** Discards everything and loads again: the server's log was replaced, so known state is invalid. */
  restart: () => Promise<void>;
  state: () => LoadState;
  subscribe: (listener: () => void) => () => void;
  close: () => void;
}

/** Sorting and selecting all stop at this many orders. */
export const MAX_ROWS = 10_000;
/** How long to collect live events of unknown orders before fetching those orders. */
const BATCH_MS = 400;
/** Up to this many orders are fetched one by one; for more, the pages are fetched again. */
const MAX_SINGLE_FETCHES = 4;

export function createLoader(
  store: RowStore,
  source: Source,
  now: () => number,
  afterDelay: (run: () => void, ms: number) => void,
): Loader {
  let state: LoadState = { phase: "first", complete: false };
  let query: OrderQuery = {};
  let next: string | undefined;
  let abort = new AbortController();
  /** All orders with a number above this are loaded. Other filters can show them without waiting. */
  let coveredDownTo = Infinity;
  let missing = new Map<string, EventData>();
  let isFetchScheduled = false;
  let opened: [OrderFilters, string] | undefined;
  let activeReads = 0;
  /** Events of unknown orders received during a read, which may return those orders in an older version. */
  let buffered: EventData[] = [];
  const listeners = new Set<() => void>();

  function setState(change: LoadState) {
    state = change;
    for (const listener of listeners) listener();
  }

  /** Buffers events of unknown orders during a read and handles them after it. */
  async function trackRead(read: () => Promise<void>) {
    activeReads += 1;
    try {
      await read();
    } finally {
      activeReads -= 1;
      if (activeReads === 0) handleUnknown(buffered.splice(0));
    }
  }

  async function open(filters: OrderFilters, timeZone: string) {
    opened = [filters, timeZone];
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const bounds = boundsOf(filters, now(), timeZone);
    query = queryOf(filters, bounds);
    next = undefined;
    missing = new Map();
    // Show known matches at once. For a search only the server knows the matches: keep the old rows until it answers.
    if (!query.q) store.setView({ filters, bounds, minSortKey: coveredDownTo, found: undefined });
    setState({ phase: "first", complete: false });
    await trackRead(async () => {
      try {
        const page = await source.list(query, signal);
        if (signal.aborted) return;
        const found = query.q ? new Set(page.orders.map((order) => order.id)) : undefined;
        store.setView({
          filters,
          bounds,
          minSortKey: query.q ? lowestSortKey(page) : Math.min(coveredDownTo, lowestSortKey(page)),
          found,
        });
        // When every order is loaded, other filters have no further pages.
        applyPage(coveredDownTo === 0 && !query.q ? { ...page, next: null } : page);
      } catch (error) {
        if (!signal.aborted) setState({ phase: "failed", complete: false, error });
      }
    });
    if (!signal.aborted && filters.sort !== "newest") void all();
  }

  function lowestSortKey(page: { orders: OrderData[]; next?: string | null }): number {
    if (!page.next) return 0;
    return Number(page.orders.at(-1)?.number ?? 0);
  }

  function applyPage(page: { orders: OrderData[]; next?: string | null }) {
    next = page.next ?? undefined;
    if (Object.keys(query).length === 0) coveredDownTo = Math.min(coveredDownTo, lowestSortKey(page));
    add(page.orders);
    setState({ phase: "idle", complete: next === undefined });
  }

  function add(orders: readonly OrderData[]) {
    store.add(orders);
    for (const { id, version } of orders) {
      const event = missing.get(id);
      if (!event) continue;
      if (version >= event.version) missing.delete(id);
      // The page has an older version than the event: apply the event, and still fetch the order.
      else store.apply(event);
    }
  }

  async function more() {
    if (next === undefined || state.phase === "more" || state.phase === "first") return;
    const { signal } = abort;
    setState({ phase: "more", complete: false });
    const from = next;
    await trackRead(async () => {
      try {
        const page = await source.list({ ...query, page: from }, signal);
        if (signal.aborted) return;
        const view = store.view();
        const found = view.found && new Set([...view.found, ...page.orders.map((order) => order.id)]);
        store.setView({ ...view, found, minSortKey: Math.min(view.minSortKey, lowestSortKey(page)) });
        applyPage(page);
      } catch (error) {
        if (!signal.aborted) setState({ phase: "failed", complete: false, error });
      }
    });
  }

  async function all() {
    const { signal } = abort;
    while (!signal.aborted && next !== undefined && store.ids().length < MAX_ROWS) {
      const before = next;
      await more();
      if (next === before) return;
    }
  }

  async function reread(downTo: number) {
    const { signal } = abort;
    let page: string | undefined;
    try {
      do {
        const read = await source.list(page ? { ...query, page } : query, signal);
        if (signal.aborted) return;
        const view = store.view();
        if (view.found)
          store.setView({ ...view, found: new Set([...view.found, ...read.orders.map((order) => order.id)]) });
        add(read.orders);
        page = read.next ?? undefined;
      } while (page !== undefined && Number(page) > downTo && !signal.aborted);
      if (state.phase === "failed") setState({ phase: "idle", complete: next === undefined });
    } catch (error) {
      if (!signal.aborted) setState({ phase: "failed", complete: false, error });
    }
  }

  /** Fetches missing orders in batches, so that a busy store does not cause one request per event. */
  function scheduleFetch() {
    if (isFetchScheduled || missing.size === 0) return;
    isFetchScheduled = true;
    afterDelay(() => {
      void trackRead(fetchMissing).finally(() => {
        isFetchScheduled = false;
        scheduleFetch();
      });
    }, BATCH_MS);
  }

  async function fetchMissing() {
    const { signal } = abort;
    const requested = [...missing.values()];
    missing.clear();
    // Only the server can tell whether a new order matches a search.
    if (store.view().found || requested.length > MAX_SINGLE_FETCHES)
      await reread(Math.min(...requested.map((event) => Number(event.orderNumber))));
    else {
      const answers = await Promise.allSettled(requested.map((event) => source.get(event.orderId, signal)));
      if (!signal.aborted) add(answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])));
    }
    if (signal.aborted) return;
    // The response can be older than the event.
    for (const event of requested) if (store.state(event.orderId)) store.apply(event);
  }

  function handleUnknown(events: readonly EventData[]) {
    const { minSortKey, filters, found } = store.view();
    for (const event of events) {
      const known = store.state(event.orderId);
      if (known) store.apply(event);
      // In a search the server decides; otherwise a known order is already in the right position.
      if (known && (!found || found.has(event.orderId))) continue;
      // Orders below the last loaded page come with their page; others match no filter.
      const fits = filters.statuses.length === 0 || filters.statuses.includes(event.status);
      if (Number(event.orderNumber) >= minSortKey && fits) missing.set(event.orderId, event);
    }
    scheduleFetch();
  }

  const unsubscribe = store.onUnknown((events) => {
    if (activeReads > 0) buffered.push(...events);
    else handleUnknown(events);
  });

  async function restart() {
    abort.abort();
    store.clear();
    coveredDownTo = Infinity;
    buffered = [];
    missing = new Map();
    if (opened) await open(...opened);
  }

  return {
    open,
    more,
    all,
    refresh: () => trackRead(() => reread(store.view().minSortKey)),
    restart,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      abort.abort();
      unsubscribe();
    },
  };
}
