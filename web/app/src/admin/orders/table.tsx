// The table's state lives as long as the console: going back from an order shows it up to date and at the same scroll
// position. The orders themselves are the client's: this is only which list of them is open.

import type { OrderList, OrderRowsSnapshot, WatchedOrder } from "@ordercast/client";
import { useOrdercast, useStore } from "@ordercast/react";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import { listFilterOf, type OrderFilters } from "./filters";

export interface OrderTable {
  list: OrderList;
  /** Identifies the open list. */
  key: string;
  /** Opens the list for these filters, unless it is open. `key` identifies the filters and the day. */
  open: (key: string, filters: OrderFilters, timeZone: string) => void;
  /** The scroll position in pixels, and the row that is in the tab order. */
  scroll: { top: number; active: { id: string; view: string } | undefined };
}

/** Selecting everything stops at this number of rows. */
export const MAX_ROWS = 10_000;
/** How long a row that no longer matches stays visible, marked, so that rows do not jump away under the pointer. */
const LINGER_MS = 1_800;

const TableContext = createContext<OrderTable | undefined>(undefined);

export function OrderTableProvider({ children }: { children: ReactNode }) {
  const { orders } = useOrdercast();
  const [opened, setOpened] = useState<{ key: string; list: OrderList }>();
  const [scroll] = useState<OrderTable["scroll"]>({ top: 0, active: undefined });
  const open = useCallback(
    (key: string, filters: OrderFilters, timeZone: string) =>
      setOpened((before) => {
        if (before?.key === key) return before;
        const filter = listFilterOf(filters, Date.now(), timeZone);
        return { key, list: orders.list(filter, { sort: filters.sort, lingerMs: LINGER_MS }) };
      }),
    [orders],
  );
  const { key, list } = opened ?? { key: "", list: orders.list({}, { lingerMs: LINGER_MS }) };
  // Keeps the list live while the page of an order is open.
  useEffect(() => (opened === undefined ? undefined : opened.list.rows.subscribe(() => undefined)), [opened]);
  const table = useMemo(() => ({ list, key, open, scroll }), [list, key, open, scroll]);
  return <TableContext value={table}>{children}</TableContext>;
}

export function useOrderTable(): OrderTable {
  const table = useContext(TableContext);
  if (!table) throw new Error("useOrderTable outside of the console");
  return table;
}

/** The rows of the open list. */
export function useRows(): OrderRowsSnapshot {
  return useStore(useOrderTable().list.rows);
}

/** One order. Only its own changes render the caller again. */
export function useRow(id: string): WatchedOrder {
  return useStore(useOrdercast().orders.watch(id));
}
