import type { OrdercastProblem, Stats } from "@ordercast/client";
import { useMemo } from "react";
import { useOrdercast } from "./context.js";
import { useMember, useStore } from "./useStore.js";

export interface OrderStats {
  /** Null until loaded. */
  stats: Stats | null;
  isConnected: boolean;
  isLoading: boolean;
  lastUpdate: Date | null;
  error: OrdercastProblem | null;
  reload: () => Promise<void>;
}

/** The store's live order counts, for staff. */
export function useOrderStats(): OrderStats {
  const { connection, stats: store } = useOrdercast();
  const { state, stats, lastUpdate, error } = useStore(store);
  const isConnected = useMember(connection, "isConnected");
  return {
    stats,
    error,
    isConnected,
    isLoading: state === "idle" || state === "loading",
    lastUpdate: useMemo(() => (lastUpdate === null ? null : new Date(lastUpdate)), [lastUpdate]),
    reload: store.load,
  };
}
