import { useSyncExternalStore } from "react";

interface Clock {
  getSnapshot: () => number;
  subscribe: (listener: () => void) => () => void;
}

const clocks = new Map<number, Clock>();

/** One timer for all components with the same interval. */
function createClock(intervalMs: number): Clock {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();

  function update(): void {
    now = Date.now();
    for (const listener of listeners) listener();
  }

  function onVisibilityChange(): void {
    if (!document.hidden) update();
  }

  return {
    getSnapshot() {
      // Without a timer the time stands still, so a first render may find it outdated.
      if (timer === undefined && Math.abs(Date.now() - now) >= intervalMs) now = Date.now();
      return now;
    },
    subscribe(listener) {
      listeners.add(listener);
      if (timer === undefined) {
        now = Date.now();
        timer = setInterval(update, intervalMs);
        document.addEventListener("visibilitychange", onVisibilityChange);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        document.removeEventListener("visibilitychange", onVisibilityChange);
      };
    },
  };
}

/** The current time in milliseconds, updated every `intervalMs` and when the page is shown again. */
export function useNow(intervalMs = 10_000): number {
  let clock = clocks.get(intervalMs);
  if (!clock) clocks.set(intervalMs, (clock = createClock(intervalMs)));
  return useSyncExternalStore(clock.subscribe, clock.getSnapshot, clock.getSnapshot);
}
