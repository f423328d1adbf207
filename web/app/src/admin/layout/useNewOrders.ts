import { useQuery } from "@tanstack/react-query";
import { useEffect, useReducer } from "react";

import { useAccount } from "../../session/session";
import { useApi } from "../data/api";
import { useResync, useLiveEvents } from "../data/live";
import { onPersistedChange, persistence } from "../../persistence";
import { newOrdersReducer, MAX_COUNTED, INITIAL_NEW_ORDERS, type NewOrders } from "./newOrders";

/** The number of orders that arrived since the table was last visible. */
export function useNewOrders(isVisible: boolean): number {
  const key = `orders-seen.${useAccount().id}`;
  const { listOrders } = useApi();
  const [state, change] = useReducer(newOrdersReducer, key, initialState);

  // A failed request is not reported: live events still add to the count.
  const { data, dataUpdatedAt, refetch } = useQuery({
    queryKey: ["newest-orders"],
    queryFn: ({ signal }) => listOrders({ limit: MAX_COUNTED }, signal),
  });
  useEffect(() => {
    if (data) change({ type: "read", newest: data.orders.map((order) => Number(order.number)) });
  }, [data, dataUpdatedAt]);
  useResync(
    () => void refetch(),
    () => {
      change({ type: "reset" });
      void refetch();
    },
  );

  useLiveEvents((event) => {
    if (event.kind === "order.created") change({ type: "arrived", order: Number(event.orderNumber) });
  });

  useEffect(() => {
    const follow = () => change({ type: "isVisible", isVisible: isVisible && !document.hidden });
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => document.removeEventListener("visibilitychange", follow);
  }, [isVisible]);

  useEffect(() => {
    if (state.seen !== undefined) persistence.write(key, state.seen);
  }, [key, state.seen]);
  useEffect(
    () => onPersistedChange(key, () => change({ type: "seen elsewhere", seen: persistence.read<number>(key) ?? 0 })),
    [key],
  );

  // The badge of the installed app's icon; removed when the console closes.
  const count = state.unseen.length;
  useEffect(() => {
    if ("setAppBadge" in navigator) navigator.setAppBadge(count).catch(() => undefined);
  }, [count]);
  useEffect(
    () => () => {
      if ("clearAppBadge" in navigator) navigator.clearAppBadge().catch(() => undefined);
    },
    [],
  );
  return count;
}

function initialState(key: string): NewOrders {
  return { ...INITIAL_NEW_ORDERS, seen: persistence.read<number>(key) };
}
