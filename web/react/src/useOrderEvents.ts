import type { OrderEvent } from "@ordercast/client";
import { useEffect, useRef } from "react";
import { useOrdercast } from "./context.js";

/** Calls back for every change of an order, once. For toasts and sounds; the stores have followed already. */
export function useOrderEvents(listener: (event: OrderEvent) => void): void {
  const { onEvent } = useOrdercast();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => onEvent((event) => latest.current(event)), [onEvent]);
}
