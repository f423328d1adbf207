// Every order that is known, once: as the server has it, and as it is shown with our own changes that are under way.

import { LruMap } from "../core/bounded.js";
import type { ReceivedEvent } from "../live/incoming.js";
import type { Order } from "../model.js";
import { applyChange, isCorrection, orderFromEvent, applyEvent } from "./apply.js";
import type { OrderChange } from "./contract.js";

/** A change of ours that is not settled. */
export interface OptimisticChange {
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
   * An order after an event. `unknown`: there is no such order here. `incomplete`: it is applyEvent as far as that goes, and
   * has to be read to be sure.
   */
  apply: (event: ReceivedEvent) => "applied" | "stale" | "unknown" | "incomplete";
  /** Calls after an order was put or applyEvent. Returns how to stop that. */
  onPut: (id: string, listener: () => void) => () => void;
  applyOptimistic: (id: string, optimistic: OptimisticChange) => void;
  rollback: (id: string, optimistic: OptimisticChange) => void;
  pending: () => ReadonlySet<string>;
  /** Forgets all but those that `keeps`, the oldest first, until `most` are left. */
  trim: (most: number, keeps: (id: string) => boolean) => void;
  clear: () => void;
  /** What changed since this was asked last. */
  takeChanges: () => Changes;
}

/** Orders that are not known here and were told of, whose versions are remembered. */
const TOLD = 2000;

/** `onBehind`: an order was read, and is older than what was told of it before. */
export function createCache(onChange: () => void, onBehind: (id: string) => void = () => undefined): OrderCache {
  const confirmed = new Map<string, Order>();
  const numbers = new Map<string, string>();
  const optimisticChanges = new Map<string, readonly OptimisticChange[]>();
  /** As shown, where that differs from what is confirmed. */
  const shown = new Map<string, Order>();
  /** Made from events: something of them is not known. */
  const partial = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  /** The newest version that events told of an order that is not known: it may be on its way here, read before them. */
  const told = new LruMap<string, number>(TOLD);
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
    recompute(order.id);
    for (const listener of waiting.get(order.id) ?? []) listener();
  }

  function recompute(id: string): void {
    const order = confirmed.get(id);
    const over = optimisticChanges.get(id);
    if (order === undefined || over === undefined) shown.delete(id);
    else
      shown.set(
        id,
        over.reduce((next, { change, at }) => applyChange(next, change, at), order),
      );
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

  /** Whether more was told of an order than this version. Answers once: whoever asks reads it again. */
  function isBehind(id: string, version: number): boolean {
    const newest = told.get(id);
    told.delete(id);
    return newest !== undefined && newest > version;
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
      if (known?.version !== order.version || wasPartial) {
        set(order);
        if (known === undefined && isBehind(order.id, order.version)) onBehind(order.id);
        return;
      }
      // Where a parcel is leaves the version alone: a list may have been read just before a place arrived.
      if (Date.parse(order.updatedAt) >= Date.parse(known.updatedAt) && !isSame(known, order)) set(order);
    },
    apply(event) {
      const known = confirmed.get(event.orderId);
      if (known === undefined) {
        if (event.kind !== "order.created") {
          told.set(event.orderId, Math.max(event.version, told.get(event.orderId) ?? 0));
          return "unknown";
        }
        partial.add(event.orderId);
        set(orderFromEvent(event));
        return isBehind(event.orderId, event.version) ? "incomplete" : "applied";
      }
      const isPlace = event.kind === "delivery.located" && event.version === known.version;
      if (isPlace) {
        const before = known.delivery?.location;
        if (before && event.location && Date.parse(before.at) >= Date.parse(event.location.at)) return "stale";
      } else if (event.version <= known.version) return "stale";
      set(applyEvent(known, event));
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
    applyOptimistic(id, optimistic) {
      changing(id);
      optimisticChanges.set(id, [...(optimisticChanges.get(id) ?? []), optimistic]);
      pending = undefined;
      recompute(id);
    },
    rollback(id, optimistic) {
      const left = optimisticChanges.get(id)?.filter((each) => each !== optimistic);
      if (left === undefined) return;
      changing(id);
      if (left.length > 0) optimisticChanges.set(id, left);
      else optimisticChanges.delete(id);
      pending = undefined;
      recompute(id);
    },
    pending() {
      pending ??= new Set(optimisticChanges.keys());
      return pending;
    },
    trim(most, keeps) {
      if (confirmed.size <= most) return;
      const oldest = [...confirmed.keys()].sort();
      for (const id of oldest) {
        if (confirmed.size <= most) return;
        if (!keeps(id) && !optimisticChanges.has(id)) remove(id);
      }
    },
    clear() {
      for (const id of [...confirmed.keys()]) remove(id);
      optimisticChanges.clear();
      shown.clear();
      told.clear();
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
