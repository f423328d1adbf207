// The table's state lives as long as the console is open: whoever comes back from an order finds it as it was, current,
// and scrolled to where it was.

import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";

import { getOrder, listOrders } from "../data/api";
import { onEvent } from "../data/live";
import { NO_FILTERS } from "./filters";
import { createLoader, type Loader, type LoadState } from "./loader";
import type { EventData } from "./row";
import { browserSchedule } from "./schedule";
import { createRowStore, type RowState, type RowStore } from "./store";

export interface OrderTable {
  store: RowStore;
  loader: Loader;
  /** Where it was scrolled to, in pixels. */
  scroll: { top: number };
  /** The filters that were opened last, as an address. */
  opened: { address: string | undefined };
}

function createOrderTable(): OrderTable {
  const store = createRowStore(browserSchedule, { filters: NO_FILTERS, bounds: {}, reach: Infinity, found: undefined });
  const loader = createLoader(store, { list: listOrders, get: getOrder }, browserSchedule.now, browserSchedule.later);
  return { store, loader, scroll: { top: 0 }, opened: { address: undefined } };
}

const TableContext = createContext<OrderTable | undefined>(undefined);

export function OrderTableProvider({ children }: { children: ReactNode }) {
  const [table] = useState(createOrderTable);
  useEffect(
    () =>
      onEvent((event) => {
        if (isOrderEvent(event)) table.store.apply(event);
      }),
    [table],
  );
  return <TableContext value={table}>{children}</TableContext>;
}

function isOrderEvent(event: object): event is EventData {
  return "orderId" in event && typeof event.orderId === "string";
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
