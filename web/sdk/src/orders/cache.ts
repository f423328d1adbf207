// Every order that is known, once: as the server has it, and as it is shown with our own changes that are under way.

import type { BareEvent } from "../live/incoming.js";
import type { Order } from "../model.js";
import { changed, isCorrection, orderOf, patched } from "./apply.js";
import type { OrderChange } from "./contract.js";

/** A change of ours that is not settled. */
export interface Overlay {
  change: OrderChange;
  /** When it was made (RFC 3339). */
  at: string;
}

/** What an order was before it changed, as it was shown; undefined where it was not known. */
export type Changes = Map<string, Order | undefined>;

export interface OrderCache {
  /** As shown. */
  get: (idOrNumber: string) => Order | undefined;
  /** As the server has it. */
  confirmed: (id: string) => Order | undefined;
  /** As shown, in no particular order. */
  values: () => Iterable<Order>;
  readonly size: number;
  /** An order as it was read. Older than what is known, it is left out. */
  put: (order: Order) => void;
  /**
   * An order after an event. `unknown`: there is no such order here. `incomplete`: it is patched as far as that goes, and
   * has to be read to be sure.
   */
  apply: (event: BareEvent) => "applied" | "stale" | "unknown" | "incomplete";
  /** Calls after an order was put or patched. Returns how to stop that. */
  onPut: (id: string, listener: () => void) => () => void;
  lay: (id: string, overlay: Overlay) => void;
  lift: (id: string, overlay: Overlay) => void;
  pending: () => ReadonlySet<string>;
  /** Forgets all but those that `keeps`, the oldest first, until `most` are left. */
  trim: (most: number, keeps: (id: string) => boolean) => void;
  clear: () => void;
  /** What changed since this was asked last. */
  takeChanges: () => Changes;
}

export function createCache(onChange: () => void): OrderCache {
  const confirmed = new Map<string, Order>();
  const numbers = new Map<string, string>();
  const overlays = new Map<string, readonly Overlay[]>();
  /** As shown, where that differs from what is confirmed. */
  const shown = new Map<string, Order>();
  /** Made from events: something of them is not known. */
  const partial = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  let changes: Changes = new Map();
  let pending: ReadonlySet<string> | undefined;

  function show(id: string): Order | undefined {
    return shown.get(id) ?? confirmed.get(id);
  }

  function changing(id: string): void {
    if (!changes.has(id)) changes.set(id, show(id));
    onChange();
  }

  function set(order: Order): void {
    changing(order.id);
    confirmed.set(order.id, order);
    numbers.set(order.number, order.id);
    relay(order.id);
    for (const listener of waiting.get(order.id) ?? []) listener();
  }

  function relay(id: string): void {
    const order = confirmed.get(id);
    const over = overlays.get(id);
    if (order === undefined || over === undefined) shown.delete(id);
    else shown.set(id, over.reduce((next, { change, at }) => changed(next, change, at), order));
  }

  function remove(id: string): void {
    const order = confirmed.get(id);
    if (order === undefined) return;
    changing(id);
    confirmed.delete(id);
    shown.delete(id);
    partial.delete(id);
    numbers.delete(order.number);
  }

  return {
    get: (idOrNumber) => show(idOrNumber) ?? show(numbers.get(idOrNumber) ?? ""),
    confirmed: (id) => confirmed.get(id),
    *values() {
      for (const id of confirmed.keys()) {
        const order = show(id);
        if (order !== undefined) yield order;
      }
    },
    get size() {
      return confirmed.size;
    },
    put(order) {
      const known = confirmed.get(order.id);
      if (known !== undefined && known.version > order.version) return;
      const wasPartial = partial.delete(order.id);
      if (known?.version !== order.version || wasPartial) return set(order);
      // Where a parcel is leaves the version alone: a list may have been read just before a place arrived.
      if (Date.parse(order.updatedAt) >= Date.parse(known.updatedAt) && !isSame(known, order)) set(order);
    },
    apply(event) {
      const known = confirmed.get(event.orderId);
      if (known === undefined) {
        if (event.kind !== "order.created") return "unknown";
        partial.add(event.orderId);
        set(orderOf(event));
        return "applied";
      }
      const isPlace = event.kind === "delivery.located" && event.version === known.version;
      if (isPlace) {
        const before = known.delivery?.location;
        if (before && event.location && Date.parse(before.at) >= Date.parse(event.location.at)) return "stale";
      } else if (event.version <= known.version) return "stale";
      set(patched(known, event));
      const isGap = event.version > known.version + 1;
      return isGap || isCorrection(event) ? "incomplete" : "applied";
    },
    onPut(id, listener) {
      const those = waiting.get(id) ?? new Set();
      waiting.set(id, those.add(listener));
      return () => {
        those.delete(listener);
        if (those.size === 0) waiting.delete(id);
      };
    },
    lay(id, overlay) {
      changing(id);
      overlays.set(id, [...(overlays.get(id) ?? []), overlay]);
      pending = undefined;
      relay(id);
    },
    lift(id, overlay) {
      const left = overlays.get(id)?.filter((each) => each !== overlay);
      if (left === undefined) return;
      changing(id);
      if (left.length > 0) overlays.set(id, left);
      else overlays.delete(id);
      pending = undefined;
      relay(id);
    },
    pending() {
      pending ??= new Set(overlays.keys());
      return pending;
    },
    trim(most, keeps) {
      if (confirmed.size <= most) return;
      const oldest = [...confirmed.keys()].sort();
      for (const id of oldest) {
        if (confirmed.size <= most) return;
        if (!keeps(id) && !overlays.has(id)) remove(id);
      }
    },
    clear() {
      for (const id of [...confirmed.keys()]) remove(id);
      overlays.clear();
      shown.clear();
      pending = undefined;
      onChange();
    },
    takeChanges() {
      const taken = changes;
      changes = new Map();
      return taken;
    },
  };
}

function isSame(one: Order, other: Order): boolean {
  return one === other || JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}

/** Members in one order, so that where they came from makes no difference. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
