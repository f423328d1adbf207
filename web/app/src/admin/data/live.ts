// What arrives live, as the console's parts listen to it.

import type { OrderEvent, ProductEvent } from "@ordercast/client";
import { useOrdercast, useOrderEvents, useOrderStats } from "@ordercast/react";
import { useEffect, useRef } from "react";

import type { Stats } from "./types";

/** Calls with every change of an order, once. */
export function useLiveEvents(listener: (event: OrderEvent) => void) {
  useOrderEvents(listener);
}

/** Calls with every change of a product. */
export function useProductEvents(listener: (event: ProductEvent) => void) {
  const { onProduct } = useOrdercast();
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => onProduct((event) => newest.current(event)), [onProduct]);
}

/**
 * Calls when something may have been missed for good: whatever was read has to be read again. `restart` instead, where
 * the log is another, such as after a restored backup: what was known may never have happened.
 */
export function useCatchUp(catchUp: () => void, restart: () => void = catchUp) {
  const { connection, onReset } = useOrdercast();
  const newest = useRef({ catchUp, restart });
  useEffect(() => {
    newest.current = { catchUp, restart };
  });
  useEffect(() => {
    let { liveSince } = connection.getSnapshot();
    const follow = () => {
      const now = connection.getSnapshot();
      if (now.liveSince === liveSince) return;
      liveSince = now.liveSince;
      if (liveSince !== null && !now.recovered) newest.current.catchUp();
    };
    const stops = [connection.subscribe(follow), onReset(() => newest.current.restart())];
    return () => stops.forEach((stop) => stop());
  }, [connection, onReset]);
}

/** The store's counts, live; undefined until they are there. */
export function useStats(): Stats | undefined {
  return useOrderStats().stats ?? undefined;
}
