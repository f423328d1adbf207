import type { Store } from "../store.js";
import { createListeners } from "./listeners.js";
import type { Scheduler } from "./scheduler.js";

export interface WritableStore<Value> extends Store<Value> {
  /** Replaces the value. Subscribers are notified with the next flush. */
  set: (value: Value) => void;
  /** Replaces some members. Does nothing where all of them are equal. `onFrame`: never flushes before the next frame. */
  patch: (members: Partial<Value>, when?: "soon" | "onFrame") => void;
  readonly subscriberCount: number;
}

export interface WritableStoreOptions {
  onFirstSubscriber?: () => void;
  /** The last subscriber left. */
  onLastSubscriber?: () => void;
}

export function createWritableStore<Value extends object>(
  scheduler: Scheduler,
  initial: Value,
  options: WritableStoreOptions = {},
): WritableStore<Value> {
  let value = initial;
  const listeners = createListeners<[]>();
  const notify = () => listeners.call();

  function set(next: Value, when: "soon" | "onFrame" = "soon"): void {
    if (Object.is(next, value)) return;
    value = next;
    if (listeners.size === 0) return;
    if (when === "soon") scheduler.schedule(notify);
    else scheduler.scheduleOnFrame(notify);
  }

  return {
    getSnapshot: () => value,
    subscribe(listener) {
      const remove = listeners.add(listener);
      if (listeners.size === 1) options.onFirstSubscriber?.();
      let isSubscribed = true;
      return () => {
        if (!isSubscribed) return;
        isSubscribed = false;
        remove();
        if (listeners.size === 0) options.onLastSubscriber?.();
      };
    },
    set: (next) => set(next),
    patch(members, when) {
      const names = Object.keys(members) as (keyof Value)[];
      if (names.some((name) => !Object.is(value[name], members[name]))) set({ ...value, ...members }, when);
    },
    get subscriberCount() {
      return listeners.size;
    },
  };
}
