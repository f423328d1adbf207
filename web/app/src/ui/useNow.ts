import { useSyncExternalStore } from "react";

const INTERVAL_MS = 10_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function update() {
  now = Date.now();
  for (const listener of listeners) listener();
}

function onVisible() {
  if (!document.hidden) update();
}

// One timer for all components. A hidden page updates when it is shown again.
function subscribe(listener: () => void) {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(update, INTERVAL_MS);
    document.addEventListener("visibilitychange", onVisible);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
      document.removeEventListener("visibilitychange", onVisible);
    }
  };
}

/** The current time in milliseconds, updated every ten seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
