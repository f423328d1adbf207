import { useEffect, useRef } from "react";
import type { OrderEvent, Stats } from "./types";

type Listener = (event: OrderEvent) => void;
const listeners = new Set<Listener>();
const statsListeners = new Set<(stats: Stats) => void>();
let source: EventSource | undefined;

function connect() {
  if (source) return;
  source = new EventSource("/api/v1/stream");
  const kinds = ["order.created", "order.status_changed", "order.updated", "order.cancelled", "payment.changed", "delivery.updated", "delivery.located", "product.created", "product.updated"];
  for (const kind of kinds) {
    source.addEventListener(kind, (message) => {
      const event = JSON.parse(message.data) as OrderEvent;
      for (const listener of listeners) listener(event);
    });
  }
  source.addEventListener("stats.updated", (message) => {
    const stats = JSON.parse(message.data) as Stats;
    for (const listener of statsListeners) listener(stats);
  });
}

export function onEvent(listener: Listener): () => void {
  listeners.add(listener);
  connect();
  return () => void listeners.delete(listener);
}

export function onStats(listener: (stats: Stats) => void): () => void {
  statsListeners.add(listener);
  connect();
  return () => void statsListeners.delete(listener);
}

/** Calls with every live event, always the newest function. */
export function useLiveEvents(listener: Listener) {
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => onEvent((event) => newest.current(event)), []);
}
