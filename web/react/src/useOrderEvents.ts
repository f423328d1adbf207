import type { OrderEvent } from "@ordercast/client";
import { useEffect, useRef } from "react";
import { useOrdercast } from "./context.js";

/** Calls the listener once for every change of an order, after the stores show it. For toasts and sounds. */
export function useOrderEvents(listener: (event: OrderEvent) => void): void {
  const { onEvent } = useOrdercast();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => onEvent((event) => latest.current(event)), [onEvent]);
}
