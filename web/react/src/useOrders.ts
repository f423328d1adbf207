import type { Order, OrderConflict, OrdercastProblem, OrderFilter, OrdersStore } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useMember, useStore } from "./useStore.js";

type Actions = Pick<
  OrdersStore,
  "place" | "setStatus" | "setDelivery" | "cancel" | "setStatusOfMany" | "acknowledgeNew"
>;

export interface Orders extends Actions {
  /** Newest first, live: a customer's own, the store's for staff. */
  orders: readonly Order[];
  isConnected: boolean;
  isLoading: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => Promise<void>;
  reload: () => Promise<void>;
  error: OrdercastProblem | null;
  /** Ids of orders with a change of ours under way. */
  pending: ReadonlySet<string>;
  /** Changes that lost against somebody else's, by order id. */
  conflicts: ReadonlyMap<string, OrderConflict>;
  /** Orders that came in live since `acknowledgeNew` (row A18). */
  newCount: number;
}

/** Orders, live; those that match a filter, if one is given. */
export function useOrders(filter: OrderFilter = {}): Orders {
  const { connection, orders: store } = useOrdercast();
  const list = store.list(filter);
  const { state, ...snapshot } = useStore(list);
  const { pending, conflicts, newCount } = useStore(store.activity);
  const isConnected = useMember(connection, "isConnected");
  return {
    ...snapshot,
    pending,
    conflicts,
    newCount,
    isConnected,
    isLoading: state === "idle" || state === "loading",
    loadMore: list.loadMore,
    reload: list.load,
    place: store.place,
    setStatus: store.setStatus,
    setDelivery: store.setDelivery,
    cancel: store.cancel,
    setStatusOfMany: store.setStatusOfMany,
    acknowledgeNew: store.acknowledgeNew,
  };
}
