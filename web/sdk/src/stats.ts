// The store's order counts, from the API and as pushed.

import type { Api } from "./api/http.js";
import { unwrap } from "./api/http.js";
import type { StatsSnapshot, StatsStore } from "./contract.js";
import { createWritableStore } from "./core/writableStore.js";
import type { Environment, Timer } from "./core/environment.js";
import { compareCursors } from "./core/cursorOrder.js";
import type { Scheduler } from "./core/scheduler.js";
import type { Account, Stats } from "./model.js";
import { asProblem, type OrdercastProblem } from "./problem.js";

export interface LiveStats extends StatsStore {
  receive: (stats: Stats) => void;
  /** Something happened, and the transport pushes no counts. */
  invalidate: () => void;
  /** Reads the counts if they could not be read. */
  loadIfNeeded: () => void;
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
  onFailed: (problem: OrdercastProblem) => void,
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

  /** `isRetry`: the error stays until the answer, so that the page does not flicker. */
  async function load(isRetry = false): Promise<void> {
    if (account()?.role !== "staff") return;
    generation += 1;
    const mine = generation;
    isLoading = true;
    if (store.getSnapshot().stats === null && !isRetry) store.patch({ state: "loading", error: null });
    try {
      const stats = await unwrap(api.GET("/api/v1/stats"));
      if (mine === generation) receive(stats);
    } catch (error) {
      if (mine !== generation) return;
      const problem = asProblem(error);
      store.patch({ state: "error", error: problem });
      onFailed(problem);
    } finally {
      if (mine === generation) isLoading = false;
    }
  }

  function loadIfNeeded(): void {
    const { state } = store.getSnapshot();
    if (store.subscriberCount > 0 && (state === "idle" || state === "error") && !isLoading)
      void load(state === "error");
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load: () => load(),
    loadIfNeeded,
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
