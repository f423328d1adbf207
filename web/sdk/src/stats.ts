// The store's counts, as they were read and as they are pushed.

import type { Api } from "./api/http.js";
import { unwrap } from "./api/http.js";
import type { StatsSnapshot, StatsStore } from "./contract.js";
import { createCell } from "./core/cell.js";
import type { Environment, Timer } from "./core/environment.js";
import { comparePlaces } from "./core/place.js";
import type { Pulse } from "./core/pulse.js";
import type { Account, Stats } from "./model.js";
import { asProblem } from "./orders/list.js";

export interface FollowingStats extends StatsStore {
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
  pulse: Pulse,
  account: () => Account | null,
): FollowingStats {
  const cell = createCell<StatsSnapshot>(pulse, EMPTY, { onFirst: () => wake() });
  let isLoading = false;
  let turn = 0;
  let soon: Timer | undefined;

  function told(stats: Stats): void {
    const { stats: known } = cell.getSnapshot();
    // An answer that was on its way while newer counts were pushed.
    if (known !== null && comparePlaces(stats.cursor, known.cursor) === -1) return;
    cell.patch({ state: "ready", stats, lastUpdate: environment.now(), error: null });
  }

  async function load(): Promise<void> {
    if (account()?.role !== "staff") return;
    turn += 1;
    const mine = turn;
    isLoading = true;
    if (cell.getSnapshot().stats === null) cell.patch({ state: "loading", error: null });
    try {
      const stats = await unwrap(api.GET("/api/v1/stats"));
      if (mine === turn) told(stats);
    } catch (error) {
      if (mine === turn) cell.patch({ state: "error", error: asProblem(error) });
    } finally {
      if (mine === turn) isLoading = false;
    }
  }

  function wake(): void {
    const { state } = cell.getSnapshot();
    if (cell.subscribers > 0 && (state === "idle" || state === "error") && !isLoading) void load();
  }

  return {
    getSnapshot: cell.getSnapshot,
    subscribe: cell.subscribe,
    load,
    told,
    suspect() {
      if (cell.subscribers === 0) return;
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
      cell.set(EMPTY);
      if (who !== null) wake();
    },
  };
}
