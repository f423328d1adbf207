// The table's state lives as long as the console: going back from an order shows it up to date and at the same scroll
// position.

import { createContext, useContext, useState, useSyncExternalStore, type ReactNode } from "react";

import { useApi, type ConsoleApi } from "../data/api";
import { useResync, useLiveEvents } from "../data/live";
import { NO_FILTERS } from "./filters";
import { createLoader, type Loader, type LoadState } from "./loader";
import { browserSchedule } from "./schedule";
import { createRowStore, type RowState, type RowStore } from "./store";

export interface OrderTable {
  store: RowStore;
  loader: Loader;
  /** The scroll position in pixels. */
  scroll: { top: number };
  /** The filters loaded last, as a query string. */
  opened: { address: string | undefined };
}

function createOrderTable(api: ConsoleApi): OrderTable {
  const store = createRowStore(browserSchedule, {
    filters: NO_FILTERS,
    bounds: {},
    minSortKey: Infinity,
    found: undefined,
  });
  const loader = createLoader(
    store,
    { list: api.listOrders, get: api.getOrder },
    browserSchedule.now,
    browserSchedule.afterDelay,
  );
  return { store, loader, scroll: { top: 0 }, opened: { address: undefined } };
}

const TableContext = createContext<OrderTable | undefined>(undefined);

export function OrderTableProvider({ children }: { children: ReactNode }) {
  const api = useApi();
  const [table] = useState(() => createOrderTable(api));
  useLiveEvents(table.store.apply);
  useResync(
    () => void table.loader.refresh(),
    () => void table.loader.restart(),
  );
  return <TableContext value={table}>{children}</TableContext>;
}

export function useOrderTable(): OrderTable {
  const table = useContext(TableContext);
  if (!table) throw new Error("useOrderTable outside of the console");
  return table;
}

export function useIds(store: RowStore): readonly string[] {
  return useSyncExternalStore(store.subscribe, store.ids);
}

export function useRow(store: RowStore, id: string): RowState | undefined {
  return useSyncExternalStore(
    (listener) => store.subscribeRow(id, listener),
    () => store.state(id),
  );
}

export function useLoadState(loader: Loader): LoadState {
  return useSyncExternalStore(loader.subscribe, loader.state);
}
