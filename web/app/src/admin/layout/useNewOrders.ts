import { useEffect, useReducer } from "react";

import { useAccount } from "../../session/session";
import { useApi } from "../data/api";
import { useCatchUp, useLiveEvents } from "../data/live";
import { keep, kept, onKept } from "./kept";
import { countNew, MOST_COUNTED, NOTHING_NEW, type Badge } from "./newOrders";

/** The count of orders that came since the table was last looked at; `looking` while it is on the screen. */
export function useNewOrders(looking: boolean): number {
  const key = `ordercast.orders-seen.${useAccount().id}`;
  const { listOrders } = useApi();
  const [badge, change] = useReducer(countNew, key, remembered);

  const [reading, readAgain] = useReducer((times: number) => times + 1, 0);

  useEffect(() => {
    const gone = new AbortController();
    listOrders({ limit: MOST_COUNTED }, gone.signal).then(
      ({ orders }) => change({ type: "read", newest: orders.map((order) => Number(order.number)) }),
      // Unread for once: what arrives from now on is counted.
      () => undefined,
    );
    return () => gone.abort();
  }, [listOrders, reading]);
  useCatchUp(readAgain, () => {
    change({ type: "reset" });
    readAgain();
  });

  useLiveEvents((event) => {
    if (event.kind === "order.created") change({ type: "arrived", order: Number(event.orderNumber) });
  });

  useEffect(() => {
    const follow = () => change({ type: "looking", looking: looking && !document.hidden });
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => document.removeEventListener("visibilitychange", follow);
  }, [looking]);

  useEffect(() => {
    if (badge.seen !== undefined) keep(key, String(badge.seen));
  }, [key, badge.seen]);
  useEffect(() => onKept(key, (seen) => change({ type: "seen elsewhere", seen: Number(seen ?? 0) })), [key]);

  // On the icon of the installed app, where there is one; whoever leaves the console leaves no number there.
  const count = badge.unseen.length;
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

function remembered(key: string): Badge {
  const seen = Number(kept(key) ?? NaN);
  return { ...NOTHING_NEW, seen: Number.isFinite(seen) ? seen : undefined };
}
