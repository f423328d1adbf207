// Hooks over the live connection.

import type { OrderEvent, ProductEvent } from "@ordercast/client";
import { useOrdercast, useOrderEvents, useOrderStats } from "@ordercast/react";
import { useEffect, useRef } from "react";

import type { Stats } from "./types";

/** Calls `listener` once for every change of an order. */
export function useLiveEvents(listener: (event: OrderEvent) => void) {
  useOrderEvents(listener);
}

/** Calls `listener` for every change of a product. */
export function useProductEvents(listener: (event: ProductEvent) => void) {
  const { onProduct } = useOrdercast();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => onProduct((event) => latest.current(event)), [onProduct]);
}

/**
 * Calls `resync` when events may have been missed and everything has to be fetched again. Calls `restart` instead when
 * the server's log was replaced, for example by a restored backup: all known state is invalid then.
 */
export function useResync(resync: () => void, restart: () => void = resync) {
  const { connection, onReset } = useOrdercast();
  const latest = useRef({ resync, restart });
  useEffect(() => {
    latest.current = { resync, restart };
  });
  useEffect(() => {
    let { liveSince } = connection.getSnapshot();
    const follow = () => {
      const now = connection.getSnapshot();
      if (now.liveSince === liveSince) return;
      liveSince = now.liveSince;
      if (liveSince !== null && !now.recovered) latest.current.resync();
    };
    const stops = [connection.subscribe(follow), onReset(() => latest.current.restart())];
    return () => stops.forEach((stop) => stop());
  }, [connection, onReset]);
}

/** The store's live counts; undefined until they have loaded. */
export function useStats(): Stats | undefined {
  return useOrderStats().stats ?? undefined;
}
