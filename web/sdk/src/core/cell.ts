// A store of one value.

import type { Store } from "../store.js";
import { createListeners, type Pulse } from "./pulse.js";

export interface Cell<Value> extends Store<Value> {
  /** Another value. Listeners hear of it with the next beat. */
  set: (value: Value) => void;
  /** Changes some members. Where none differs nothing happens. `soon`: nobody waits for it. */
  patch: (members: Partial<Value>, when?: "next" | "soon") => void;
  /** Who subscribes. */
  readonly subscribers: number;
}

export interface CellOptions {
  /** Somebody subscribes, who is the first. */
  onFirst?: () => void;
  /** Nobody subscribes any more. */
  onLast?: () => void;
}

export function createCell<Value extends object>(pulse: Pulse, first: Value, options: CellOptions = {}): Cell<Value> {
  let value = first;
  const listeners = createListeners<[]>();
  const tell = () => listeners.call();

  function set(next: Value, when: "next" | "soon" = "next"): void {
    if (Object.is(next, value)) return;
    value = next;
    if (listeners.size > 0) pulse[when](tell);
  }

  return {
    getSnapshot: () => value,
    subscribe(listener) {
      const stop = listeners.add(listener);
      if (listeners.size === 1) options.onFirst?.();
      let isOn = true;
      return () => {
        if (!isOn) return;
        isOn = false;
        stop();
        if (listeners.size === 0) options.onLast?.();
      };
    },
    set: (next) => set(next),
    patch(members, when) {
      const names = Object.keys(members) as (keyof Value)[];
      if (names.some((name) => !Object.is(value[name], members[name]))) set({ ...value, ...members }, when);
    },
    get subscribers() {
      return listeners.size;
    },
  };
}
