// Every known order, once: as confirmed by the server, and as shown with pending changes on top.

import { LruMap } from "../core/bounded.js";
import type { ReceivedEvent } from "../live/incoming.js";
import type { Order } from "../model.js";
import { applyChange, applyEvent, isPartial, orderFromEvent } from "./apply.js";
import type { OrderChange } from "./contract.js";

/** A change of ours that the server has not answered. */
export interface OptimisticChange {
  change: OrderChange;
  /** When it was made (RFC 3339). */
  at: string;
}

/** For each changed order, what was shown before; undefined where it was unknown. */
export type OrderChanges = ReadonlyMap<string, Order | undefined>;

export interface OrderCache {
  /** As shown. */
  get: (idOrNumber: string) => Order | undefined;
  /** As confirmed by the server. */
  confirmed: (id: string) => Order | undefined;
  /** As shown, in no particular order. */
  values: () => Iterable<Order>;
  readonly size: number;
  /** Stores an order that was read. An older version than the known one is ignored. */
  put: (order: Order) => void;
  /**
   * Applies an event; `created` is the new order that it brings. `incomplete`: the order changed and has to be read, because
   * the event does not carry everything.
   */
  apply: (event: ReceivedEvent, created?: Order) => "applied" | "stale" | "unknown" | "incomplete";
  /** Whether the order has to be read to be what the server says. */
  isIncomplete: (id: string) => boolean;
  incompleteIds: () => Iterable<string>;
  /** Calls after an order was stored or changed by an event. Returns how to remove the listener. */
  onUpdate: (id: string, listener: () => void) => () => void;
  /** Shows a change before the server has answered. */
  applyOptimistic: (id: string, change: OptimisticChange) => void;
  /** Stops showing the change: it was refused, or the confirmed order contains it. */
  rollback: (id: string, change: OptimisticChange) => void;
  /** Ids of orders with optimistic changes. */
  pending: () => ReadonlySet<string>;
  /** Evicts the oldest orders until `limit` are left, except those that `keep` selects. */
  trim: (limit: number, keep: (id: string) => boolean) => void;
  clear: () => void;
  /** The changes since the last call. */
  takeChanges: () => OrderChanges;
}

/** Unknown orders whose latest event version is remembered. */
const MAX_EVENT_VERSIONS = 2000;

/** `onStaleRead`: an order was read for the first time, and events of a newer version had arrived before. */
export function createCache(onChange: () => void, onStaleRead: (id: string) => void = () => undefined): OrderCache {
  const confirmed = new Map<string, Order>();
  const idsByNumber = new Map<string, string>();
  const optimistic = new Map<string, readonly OptimisticChange[]>();
  /** As shown, where that differs from `confirmed`. */
  const shown = new Map<string, Order>();
  const incomplete = new Set<string>();
  const listeners = new Map<string, Set<() => void>>();
  /** The newest version that events named of an unknown order. A response that was read before them may be on its way. */
  const eventVersions = new LruMap<string, number>(MAX_EVENT_VERSIONS);
  let changes = new Map<string, Order | undefined>();
  let pending: ReadonlySet<string> | undefined;

  function get(id: string): Order | undefined {
    return shown.get(id) ?? confirmed.get(id);
  }

  function noteChange(id: string): void {
    if (!changes.has(id)) changes.set(id, get(id));
    onChange();
  }

  function set(order: Order): void {
    noteChange(order.id);
    confirmed.set(order.id, order);
    idsByNumber.set(order.number, order.id);
    recompute(order.id);
    for (const listener of listeners.get(order.id) ?? []) listener();
  }

  function recompute(id: string): void {
    const order = confirmed.get(id);
    const pendingChanges = optimistic.get(id);
    if (order === undefined || pendingChanges === undefined) shown.delete(id);
    else
      shown.set(
        id,
        pendingChanges.reduce((next, { change, at }) => applyChange(next, change, at), order),
      );
  }

  function remove(id: string): void {
    const order = confirmed.get(id);
    if (order === undefined) return;
    noteChange(id);
    confirmed.delete(id);
    shown.delete(id);
    incomplete.delete(id);
    idsByNumber.delete(order.number);
  }

  /** Whether events named a newer version of an order that was unknown until now. */
  function isOutdated(id: string, version: number): boolean {
    const newest = eventVersions.get(id);
    eventVersions.delete(id);
    return newest !== undefined && newest > version;
  }

  return {
    get: (idOrNumber) => get(idOrNumber) ?? get(idsByNumber.get(idOrNumber) ?? ""),
    confirmed: (id) => confirmed.get(id),
    *values() {
      for (const id of confirmed.keys()) {
        const order = get(id);
        if (order !== undefined) yield order;
      }
    },
    get size() {
      return confirmed.size;
    },
    put(order) {
      const known = confirmed.get(order.id);
      if (known !== undefined && known.version > order.version) return;
      const wasIncomplete = incomplete.delete(order.id);
      if (known?.version !== order.version) {
        set(order);
        if (known !== undefined || !isOutdated(order.id, order.version)) return;
        incomplete.add(order.id);
        onStaleRead(order.id);
        return;
      }
      // A location does not raise the version, so a response may have been read just before a location arrived.
      const isOlder = Date.parse(order.updatedAt) < Date.parse(known.updatedAt);
      if (isOlder && !wasIncomplete) return;
      const next = isOlder && known.delivery ? { ...order, delivery: known.delivery } : order;
      if (!isSame(known, next)) set(next);
    },
    apply(event, created) {
      const id = event.orderId;
      const known = confirmed.get(id);
      if (known === undefined) {
        if (event.kind !== "order.created") {
          eventVersions.set(id, Math.max(event.version, eventVersions.get(id) ?? 0));
          return "unknown";
        }
        const isComplete = !isOutdated(id, event.version) && created !== undefined;
        if (!isComplete) incomplete.add(id);
        set(created ?? orderFromEvent(event));
        return isComplete ? "applied" : "incomplete";
      }
      const isLocation = event.kind === "delivery.located" && event.version === known.version;
      if (isLocation) {
        const before = known.delivery?.location;
        if (before && event.location && Date.parse(before.at) >= Date.parse(event.location.at)) return "stale";
      } else if (event.version <= known.version) return "stale";
      const isGap = event.version > known.version + 1;
      if (isGap || isPartial(event)) incomplete.add(id);
      set(applyEvent(known, event));
      return incomplete.has(id) ? "incomplete" : "applied";
    },
    isIncomplete: (id) => incomplete.has(id),
    incompleteIds: () => incomplete,
    onUpdate(id, listener) {
      const those = listeners.get(id) ?? new Set();
      listeners.set(id, those.add(listener));
      return () => {
        those.delete(listener);
        if (those.size === 0) listeners.delete(id);
      };
    },
    applyOptimistic(id, change) {
      noteChange(id);
      optimistic.set(id, [...(optimistic.get(id) ?? []), change]);
      pending = undefined;
      recompute(id);
    },
    rollback(id, change) {
      const left = optimistic.get(id)?.filter((each) => each !== change);
      if (left === undefined) return;
      noteChange(id);
      if (left.length > 0) optimistic.set(id, left);
      else optimistic.delete(id);
      pending = undefined;
      recompute(id);
    },
    pending() {
      pending ??= new Set(optimistic.keys());
      return pending;
    },
    trim(limit, keep) {
      if (confirmed.size <= limit) return;
      // Ids sort by creation time.
      const oldestFirst = [...confirmed.keys()].sort();
      for (const id of oldestFirst) {
        if (confirmed.size <= limit) return;
        if (!keep(id) && !optimistic.has(id)) remove(id);
      }
    },
    clear() {
      for (const id of [...confirmed.keys()]) remove(id);
      optimistic.clear();
      shown.clear();
      eventVersions.clear();
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
  return one === other || JSON.stringify(one, sortedMembers) === JSON.stringify(other, sortedMembers);
}

/** Makes the JSON text independent of the order of members. */
function sortedMembers(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
