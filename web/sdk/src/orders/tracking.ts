// One order with its timeline, for the page that shows it.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { createWritableStore } from "../core/writableStore.js";
import type { Environment, Timer } from "../core/environment.js";
import type { Scheduler } from "../core/scheduler.js";
import type { OrderEvent } from "../live/events.js";
import type { Order, TimelineEvent } from "../model.js";
import type { OrderCache, OrderChanges } from "./cache.js";
import type { OrderConflict, OrderTracking, TrackingSnapshot } from "./contract.js";
import type { PersistedOrders } from "./persistedOrders.js";
import { asProblem, type OrdercastProblem } from "../problem.js";
import { entryOf, withEntries } from "./timeline.js";

export interface TrackingContext {
  api: Api;
  environment: Environment;
  scheduler: Scheduler;
  cache: OrderCache;
  isSignedIn: () => boolean;
  persisted: Pick<PersistedOrders, "find" | "save">;
  /** Reads an order that is incomplete. */
  read: (id: string) => void;
  conflict: (id: string) => OrderConflict | undefined;
  onRead: (cursor: string) => void;
  onFailed: (problem: OrdercastProblem) => void;
  onFirstSubscriber: () => void;
}

export interface LiveOrderTracking extends OrderTracking {
  follow: (changes: OrderChanges) => void;
  /** Adds the event to the timeline. */
  addEvent: (event: OrderEvent) => void;
  /** Reads it again if somebody subscribes, otherwise resets it. */
  reload: () => void;
  loadIfNeeded: () => void;
  readAt: () => string | null;
  /** Conflicts or pending changes may have changed. */
  refreshActivity: () => void;
  /** Persists the order as shown. */
  save: () => void;
  id: () => string | undefined;
  reset: () => void;
  readonly isUsed: boolean;
}

const EMPTY: TrackingSnapshot = {
  state: "idle",
  order: null,
  timeline: [],
  progress: 0,
  lastUpdate: null,
  isStale: false,
  isPending: false,
  conflict: null,
  error: null,
};
/** Milliseconds between two reads caused by incomplete events. */
const RELOAD_DELAY_MS = 1000;

export function createTracking(context: TrackingContext, ref: string): LiveOrderTracking {
  const { api, cache, environment } = context;
  const store = createWritableStore<TrackingSnapshot>(context.scheduler, EMPTY, {
    onFirstSubscriber: () => {
      context.onFirstSubscriber();
      loadIfNeeded();
    },
  });
  let readAt: string | null = null;
  let generation = 0;
  let isLoading = false;
  let isSaved = true;
  let reloadTimer: Timer | undefined;
  /** The timeline misses an event, so it is read again for the next subscriber. */
  let isOutdated = false;
  /** Events that arrived while the first response was on its way. */
  let early: readonly TimelineEvent[] = [];
  /** The version for which the order was read again. */
  let readFor = 0;

  function show(order: Order, more: Partial<TrackingSnapshot>): void {
    isSaved = false;
    const conflict = context.conflict(order.id) ?? null;
    store.patch({ order, progress: order.progress, isPending: cache.pending().has(order.id), conflict, ...more });
  }

  /** `isRetry`: the error stays until the answer, so that the page does not flicker. */
  async function load(isRetry = false): Promise<void> {
    if (!context.isSignedIn()) return;
    generation += 1;
    const mine = generation;
    isLoading = true;
    isOutdated = false;
    const { order: shown } = store.getSnapshot();
    const known = shown === null ? (cache.get(ref) ?? null) : null;
    // Known from a list: show it at once, the timeline follows.
    if (known !== null) show(known, { state: "loading" });
    else if (shown === null && !isRetry) store.patch({ state: "loading", error: null });
    const path = { params: { path: { order: ref } } };
    try {
      const [order, { events, cursor }] = await Promise.all([
        unwrap(api.GET("/api/v1/orders/{order}", path)),
        unwrap(api.GET("/api/v1/orders/{order}/timeline", path)),
      ]);
      if (mine !== generation) return;
      cache.put(order);
      readAt = cursor;
      const timeline = withEntries(withEntries(events, store.getSnapshot().timeline), early);
      early = [];
      const newest = cache.get(order.id) ?? order;
      show(newest, { state: "ready", timeline, lastUpdate: environment.now(), isStale: false, error: null });
      context.onRead(cursor);
      // The order changed between the two responses. Read it again, once for each version.
      const version = timeline[timeline.length - 1]?.version ?? 0;
      if (version > newest.version && version > readFor) {
        readFor = version;
        loadSoon();
      }
    } catch (error) {
      if (mine === generation) failed(asProblem(error));
    } finally {
      if (mine === generation) isLoading = false;
    }
  }

  function failed(error: OrdercastProblem): void {
    context.onFailed(error);
    if (error.status === 404) return store.set({ ...EMPTY, state: "missing", error });
    const persisted = store.getSnapshot().order === null && error.isTemporary ? context.persisted.find(ref) : undefined;
    if (persisted === undefined) return store.patch({ state: "error", error });
    store.patch({
      state: "error",
      order: persisted.order,
      timeline: persisted.timeline,
      progress: persisted.order.progress,
      lastUpdate: persisted.at,
      isStale: true,
      error,
    });
  }

  function loadIfNeeded(): void {
    const { state, order } = store.getSnapshot();
    if (store.subscriberCount === 0 || isLoading) return;
    if (state === "idle" || state === "error" || isOutdated) void load(state === "error");
    else if (order !== null && cache.isIncomplete(order.id)) context.read(order.id);
  }

  function reset(): void {
    generation += 1;
    isLoading = false;
    readAt = null;
    isSaved = true;
    isOutdated = false;
    early = [];
    readFor = 0;
    environment.clearTimeout(reloadTimer);
    reloadTimer = undefined;
    store.set(EMPTY);
  }

  /** Reloads after a delay, once however often it is called. */
  function loadSoon(): void {
    reloadTimer ??= environment.setTimeout(() => {
      reloadTimer = undefined;
      if (store.subscriberCount > 0) void load();
      else isOutdated = true;
    }, RELOAD_DELAY_MS);
  }

  const is = (id: string, number: string) => id === ref || number === ref;

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load: () => load(),
    loadIfNeeded,
    reload() {
      if (store.subscriberCount > 0) void load();
      else reset();
    },
    follow(changes) {
      const { order } = store.getSnapshot();
      if (order === null || !changes.has(order.id)) return;
      const next = cache.get(order.id);
      if (next !== undefined && next !== order) show(next, { lastUpdate: environment.now() });
    },
    addEvent(event) {
      if (!is(event.orderId, event.orderNumber)) return;
      const { state, timeline, order } = store.getSnapshot();
      // The order was placed while its page was open.
      if (state === "missing" && event.kind === "order.created") return void load();
      if (order === null && !isLoading) return;
      const entry = entryOf(event);
      if (entry === undefined) return loadSoon();
      if (order === null) {
        early = withEntries(early, [entry]);
        return;
      }
      store.patch({ timeline: withEntries(timeline, [entry]), lastUpdate: environment.now() });
      isSaved = false;
    },
    readAt: () => readAt,
    refreshActivity() {
      const { order } = store.getSnapshot();
      if (order !== null)
        store.patch({ isPending: cache.pending().has(order.id), conflict: context.conflict(order.id) ?? null });
    },
    save() {
      const { order, timeline, lastUpdate, isStale } = store.getSnapshot();
      if (isSaved || isStale || order === null) return;
      isSaved = true;
      context.persisted.save({
        order: cache.confirmed(order.id) ?? order,
        timeline,
        at: lastUpdate ?? environment.now(),
      });
    },
    id: () => store.getSnapshot().order?.id,
    reset,
    get isUsed() {
      return store.subscriberCount > 0;
    },
  };
}
