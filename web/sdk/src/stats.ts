// The store's order counts, from the API and as pushed.

import type { Api } from "./api/http.js";
import { unwrap } from "./api/http.js";
import type { StatsSnapshot, StatsStore } from "./contract.js";
import { createWritableStore } from "./core/writableStore.js";
import type { Environment, Timer } from "./core/environment.js";
import { compareCursors } from "./core/cursorOrder.js";
import type { Scheduler } from "./core/scheduler.js";
import type { Account, Stats } from "./model.js";
import { asProblem } from "./problem.js";

export interface LiveStats extends StatsStore {
  receive: (stats: Stats) => void;
  /** Something happened, and the transport pushes no counts. */
  invalidate: () => void;
  setAccount: (account: Account | null) => void;
}

const EMPTY: StatsSnapshot = { state: "idle", stats: null, lastUpdate: null, error: null };
/** Several reasons to reload within this time, in milliseconds, cause one reload. */
const RELOAD_DELAY_MS = 1000;

export function createStats(
  api: Api,
  environment: Environment,
  scheduler: Scheduler,
  account: () => Account | null,
): LiveStats {
  const store = createWritableStore<StatsSnapshot>(scheduler, EMPTY, { onFirstSubscriber: () => loadIfNeeded() });
  let isLoading = false;
  let generation = 0;
  let soon: Timer | undefined;

  function receive(stats: Stats): void {
    const { stats: known } = store.getSnapshot();
    // A response that was overtaken by a push.
    if (known !== null && compareCursors(stats.cursor, known.cursor) === -1) return;
    store.patch({ state: "ready", stats, lastUpdate: environment.now(), error: null });
  }

  async function load(): Promise<void> {
    if (account()?.role !== "staff") return;
    generation += 1;
    const mine = generation;
    isLoading = true;
    if (store.getSnapshot().stats === null) store.patch({ state: "loading", error: null });
    try {
      const stats = await unwrap(api.GET("/api/v1/stats"));
      if (mine === generation) receive(stats);
    } catch (error) {
      if (mine === generation) store.patch({ state: "error", error: asProblem(error) });
    } finally {
      if (mine === generation) isLoading = false;
    }
  }

  function loadIfNeeded(): void {
    const { state } = store.getSnapshot();
    if (store.subscriberCount > 0 && (state === "idle" || state === "error") && !isLoading) void load();
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load,
    receive,
    invalidate() {
      if (store.subscriberCount === 0) return;
      soon ??= environment.setTimeout(() => {
        soon = undefined;
        void load();
      }, RELOAD_DELAY_MS);
    },
    setAccount(who) {
      generation += 1;
      isLoading = false;
      environment.clearTimeout(soon);
      soon = undefined;
      store.set(EMPTY);
      if (who !== null) loadIfNeeded();
    },
  };
}
