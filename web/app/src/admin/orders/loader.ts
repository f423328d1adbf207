// Reads the pages of the table, from the top down as far as somebody scrolls, and whatever a live event named that no
// page has brought yet.

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
  /** `first`: the first page of these filters is on its way; `more`: a further one; `failed`: see `error`. */
  phase: "first" | "more" | "idle" | "failed";
  /** Everything that matches was read. */
  complete: boolean;
  error?: unknown;
}

export interface Loader {
  open: (filters: OrderFilters, timeZone: string) => Promise<void>;
  /** The next page, unless it is on its way or there is none. */
  more: () => Promise<void>;
  /** All pages, to a bound: for sorting, and for selecting everything that matches. */
  all: () => Promise<void>;
  /** Reads again what was read: after a connection that may have missed something. */
  refresh: () => Promise<void>;
  /** Forgets everything and reads what was open: the log is another, and what was known may never have happened. */
  restart: () => Promise<void>;
  state: () => LoadState;
  subscribe: (listener: () => void) => () => void;
  close: () => void;
}

/** Sorting and selecting everything stop here; nobody looks through more by hand. */
export const MOST_ROWS = 10_000;
/** Live events of unknown orders are gathered for so long before they are asked for. */
const GATHER_MS = 400;
/** So many are asked for one by one; for more, the pages are read again. */
const ONE_BY_ONE = 4;

export function createLoader(
  store: RowStore,
  source: Source,
  now: () => number,
  later: (run: () => void, ms: number) => void,
): Loader {
  let state: LoadState = { phase: "first", complete: false };
  let query: OrderQuery = {};
  let next: string | undefined;
  let abort = new AbortController();
  /** Down to where everything of the unfiltered table is known: other filters need not wait for that part. */
  let covered = Infinity;
  let wanted = new Map<string, EventData>();
  let gathering = false;
  let opened: [OrderFilters, string] | undefined;
  let underWay = 0;
  /** Events of unknown orders since a read began: it may bring those orders, but as they were before. */
  let heard: EventData[] = [];
  const listeners = new Set<() => void>();

  function set(change: LoadState) {
    state = change;
    for (const listener of listeners) listener();
  }

  /** Takes note of what is heard until it is done, and makes up for it then. */
  async function reading(read: () => Promise<void>) {
    underWay += 1;
    try {
      await read();
    } finally {
      underWay -= 1;
      if (underWay === 0) hear(heard.splice(0));
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
    wanted = new Map();
    // What is known of these filters shows at once. What a search finds only the server knows: the old rows stay until then.
    if (!query.q) store.setView({ filters, bounds, reach: covered, found: undefined });
    set({ phase: "first", complete: false });
    await reading(async () => {
      try {
        const page = await source.list(query, signal);
        if (signal.aborted) return;
        const found = query.q ? new Set(page.orders.map((order) => order.id)) : undefined;
        store.setView({ filters, bounds, reach: query.q ? lowest(page) : Math.min(covered, lowest(page)), found });
        // When every order is known already, no filter has further pages to bring.
        take(covered === 0 && !query.q ? { ...page, next: null } : page);
      } catch (error) {
        if (!signal.aborted) set({ phase: "failed", complete: false, error });
      }
    });
    if (!signal.aborted && filters.sort !== "newest") void all();
  }

  function lowest(page: { orders: OrderData[]; next?: string | null }): number {
    if (!page.next) return 0;
    return Number(page.orders.at(-1)?.number ?? 0);
  }

  function take(page: { orders: OrderData[]; next?: string | null }) {
    next = page.next ?? undefined;
    if (Object.keys(query).length === 0) covered = Math.min(covered, lowest(page));
    add(page.orders);
    set({ phase: "idle", complete: next === undefined });
  }

  function add(orders: readonly OrderData[]) {
    store.add(orders);
    for (const { id, version } of orders) {
      const event = wanted.get(id);
      if (!event) continue;
      if (version >= event.version) wanted.delete(id);
      // Older than what was heard: that shows at once, and it is asked for all the same.
      else store.apply(event);
    }
  }

  async function more() {
    if (next === undefined || state.phase === "more" || state.phase === "first") return;
    const { signal } = abort;
    set({ phase: "more", complete: false });
    const from = next;
    await reading(async () => {
      try {
        const page = await source.list({ ...query, page: from }, signal);
        if (signal.aborted) return;
        const view = store.view();
        const found = view.found && new Set([...view.found, ...page.orders.map((order) => order.id)]);
        store.setView({ ...view, found, reach: Math.min(view.reach, lowest(page)) });
        take(page);
      } catch (error) {
        if (!signal.aborted) set({ phase: "failed", complete: false, error });
      }
    });
  }

  async function all() {
    const { signal } = abort;
    while (!signal.aborted && next !== undefined && store.ids().length < MOST_ROWS) {
      const before = next;
      await more();
      if (next === before) return;
    }
  }

  async function readAgain(downTo: number) {
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
      if (state.phase === "failed") set({ phase: "idle", complete: next === undefined });
    } catch (error) {
      if (!signal.aborted) set({ phase: "failed", complete: false, error });
    }
  }

  /** Asks for what is unknown, gathered, so that a busy shop's events do not become as many requests. */
  function gather() {
    if (gathering || wanted.size === 0) return;
    gathering = true;
    later(() => {
      void reading(ask).finally(() => {
        gathering = false;
        gather();
      });
    }, GATHER_MS);
  }

  async function ask() {
    const { signal } = abort;
    const asked = [...wanted.values()];
    wanted.clear();
    // In a search only the server can tell whether a new order is among those found.
    if (store.view().found || asked.length > ONE_BY_ONE)
      await readAgain(Math.min(...asked.map((event) => Number(event.orderNumber))));
    else {
      const answers = await Promise.allSettled(asked.map((event) => source.get(event.orderId, signal)));
      if (!signal.aborted) add(answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])));
    }
    if (signal.aborted) return;
    // The answer can be older than what was heard.
    for (const event of asked) if (store.state(event.orderId)) store.apply(event);
  }

  function hear(events: readonly EventData[]) {
    const { reach, filters, found } = store.view();
    for (const event of events) {
      const known = store.state(event.orderId);
      if (known) store.apply(event);
      // In a search the server has to tell; anywhere else a known order is where it belongs.
      if (known && (!found || found.has(event.orderId))) continue;
      // Older ones come with their page, others fit no filter.
      const fits = filters.statuses.length === 0 || filters.statuses.includes(event.status);
      if (Number(event.orderNumber) >= reach && fits) wanted.set(event.orderId, event);
    }
    gather();
  }

  const forget = store.onUnknown((events) => {
    if (underWay > 0) heard.push(...events);
    else hear(events);
  });

  async function restart() {
    abort.abort();
    store.clear();
    covered = Infinity;
    heard = [];
    wanted = new Map();
    if (opened) await open(...opened);
  }

  return {
    open,
    more,
    all,
    refresh: () => reading(() => readAgain(store.view().reach)),
    restart,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      abort.abort();
      forget();
    },
  };
}
