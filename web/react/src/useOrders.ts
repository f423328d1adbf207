import type { Order, OrderConflict, OrdercastProblem, OrderFilter, OrdersStore } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useMember, useStore } from "./useStore.js";

type Actions = Pick<
  OrdersStore,
  "place" | "setStatus" | "setDelivery" | "cancel" | "setStatusOfMany" | "acknowledgeNew"
>;

export interface Orders extends Actions {
  /** Newest first: a customer's own orders, the store's for staff. */
  orders: readonly Order[];
  isConnected: boolean;
  isLoading: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => Promise<void>;
  reload: () => Promise<void>;
  error: OrdercastProblem | null;
  /** Ids of orders with a change of ours that the server has not answered. */
  pending: ReadonlySet<string>;
  /** Changes that were refused because somebody else changed the order first, by order id. */
  conflicts: ReadonlyMap<string, OrderConflict>;
  /** Orders that arrived live since `acknowledgeNew`. */
  newCount: number;
}

/** A live list of orders, optionally filtered. */
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
