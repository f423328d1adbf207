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
  const { onReset } = useOrdercast();
  const latest = useRef(restart);
  useEffect(() => {
    latest.current = restart;
  });
  useEffect(() => onReset(() => latest.current()), [onReset]);
  useReconnect((isRecovered) => {
    if (!isRecovered) resync();
  });
}

/** Calls `listener` each time the connection is live again. `isRecovered`: no event was missed. */
export function useReconnect(listener: (isRecovered: boolean) => void) {
  const { connection } = useOrdercast();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    let { liveSince } = connection.getSnapshot();
    return connection.subscribe(() => {
      const now = connection.getSnapshot();
      if (now.liveSince === liveSince) return;
      liveSince = now.liveSince;
      if (liveSince !== null) latest.current(now.recovered);
    });
  }, [connection]);
}

/** The store's live counts; undefined until they have loaded. */
export function useStats(): Stats | undefined {
  return useOrderStats().stats ?? undefined;
}
