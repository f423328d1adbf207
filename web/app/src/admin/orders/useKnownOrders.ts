import type { Order, OrderRowsSnapshot } from "@ordercast/client";
import { useNow, useOrdercast, useStore } from "@ordercast/react";
import { useMemo } from "react";

import { useConfig } from "../../api/config";
import type { LastKnown } from "../../offline/lastKnown";
import { useLastKnown } from "../../offline/useLastKnown";
import { findKnownOrders, MAX_KNOWN } from "../../orders/knownOrders";
import { isFiltered, listFilterOf, type OrderFilters } from "./filters";

/** The stored orders that match the filters, newest first, if no orders could be loaded. */
export function useKnownOrders(
  { ids, state, error }: OrderRowsSnapshot,
  filters: OrderFilters,
): LastKnown<readonly Order[]> | undefined {
  const { orders, connection } = useOrdercast();
  const { timeZone } = useConfig();
  const now = useNow();
  const isLive = useStore(connection).state === "live";
  const newest = useMemo(
    () => ids.slice(0, MAX_KNOWN).flatMap((id) => orders.get(id) ?? []),
    // `isLive` stores the orders again when the connection is lost: rows may have changed while their ids stayed the same.
    // oxlint-disable-next-line react/exhaustive-deps
    [ids, orders, isLive],
  );
  const isStored = state === "ready" && !isFiltered(filters) && filters.sort === "newest";
  const known = useLastKnown<readonly Order[]>("console.orders", {
    current: isStored ? newest : undefined,
    hasFailed: error !== null,
  });
  if (!known || ids.length > 0 || state === "ready") return undefined;
  return { ...known, value: findKnownOrders(known.value, listFilterOf(filters, now, timeZone)) };
}
