// The store's counts, as they were read and as they are pushed.

import type { Api } from "./api/http.js";
import { unwrap } from "./api/http.js";
import type { StatsSnapshot, StatsStore } from "./contract.js";
import { createWritableStore } from "./core/writableStore.js";
import type { Environment, Timer } from "./core/environment.js";
import { compareCursors } from "./core/cursorOrder.js";
import type { Scheduler } from "./core/scheduler.js";
import type { Account, Stats } from "./model.js";
import { asProblem } from "./orders/list.js";

export interface LiveStats extends StatsStore {
  told: (stats: Stats) => void;
  /** Something happened, and the way in pushes no counts. */
  suspect: () => void;
  begin: (account: Account | null) => void;
}

const EMPTY: StatsSnapshot = { state: "idle", stats: null, lastUpdate: null, error: null };
/** Milliseconds within which several reasons to read again are one. */
const SOON = 1000;

export function createStats(
  api: Api,
  environment: Environment,
  scheduler: Scheduler,
  account: () => Account | null,
): LiveStats {
  const store = createWritableStore<StatsSnapshot>(scheduler, EMPTY, { onFirstSubscriber: () => wake() });
  let isLoading = false;
  let turn = 0;
  let soon: Timer | undefined;

  function told(stats: Stats): void {
    const { stats: known } = store.getSnapshot();
    // An answer that was on its way while newer counts were pushed.
    if (known !== null && compareCursors(stats.cursor, known.cursor) === -1) return;
    store.patch({ state: "ready", stats, lastUpdate: environment.now(), error: null });
  }

  async function load(): Promise<void> {
    if (account()?.role !== "staff") return;
    turn += 1;
    const mine = turn;
    isLoading = true;
    if (store.getSnapshot().stats === null) store.patch({ state: "loading", error: null });
    try {
      const stats = await unwrap(api.GET("/api/v1/stats"));
      if (mine === turn) told(stats);
    } catch (error) {
      if (mine === turn) store.patch({ state: "error", error: asProblem(error) });
    } finally {
      if (mine === turn) isLoading = false;
    }
  }

  function wake(): void {
    const { state } = store.getSnapshot();
    if (store.subscriberCount > 0 && (state === "idle" || state === "error") && !isLoading) void load();
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load,
    told,
    suspect() {
      if (store.subscriberCount === 0) return;
      soon ??= environment.setTimeout(() => {
        soon = undefined;
        void load();
      }, SOON);
    },
    begin(who) {
      turn += 1;
      isLoading = false;
      environment.clearTimeout(soon);
      soon = undefined;
      store.set(EMPTY);
      if (who !== null) wake();
    },
  };
}
