// The rows of the table. Events are queued and applied together, so fifty changes a second cost at most one update per
// frame. Each visible row subscribes to its own state, so changes outside the view render nothing.

import { sortedVisibleIds, canChangePosition, insertionIndex, isVisible, type View } from "./visibleRows";
import { applyEvent, rowOf, rowOfCreated, type EventData, type OrderData, type Row } from "./row";
import type { Status } from "./status";

export interface RowState {
  row: Row;
  /** The status that the user requested and the server has not confirmed. */
  pendingStatus: Status | undefined;
  /** When the row last changed while the table was open, on the schedule's clock; 0 for never. */
  changedAt: number;
  /** The order arrived while the table was open. */
  isNew: boolean;
  /** The row no longer matches the filters and is about to be removed. */
  isLeaving: boolean;
}

export interface Schedule {
  /** Runs a function once, after the current task. */
  afterTask: (run: () => void) => void;
  /** Runs a function once, after a delay in milliseconds. */
  afterDelay: (run: () => void, ms: number) => void;
  now: () => number;
}

export interface RowStore {
  view: () => View;
  /** Sets other filters. Known matching orders are shown at once. */
  setView: (view: View) => void;
  add: (orders: readonly OrderData[]) => void;
  apply: (event: EventData) => void;
  /** Shows a status before the server has confirmed it; undefined removes it. */
  setPendingStatus: (id: string, status: Status | undefined) => void;
  clear: () => void;

  ids: () => readonly string[];
  state: (id: string) => RowState | undefined;
  subscribe: (listener: () => void) => () => void;
  subscribeRow: (id: string, listener: () => void) => () => void;
  /** Called with events of orders that match but are not known: they have to be fetched. */
  onUnknown: (listener: (orders: readonly EventData[]) => void) => () => void;
}

/** How long a row that no longer matches stays visible, so that rows do not move under the pointer. */
export const LEAVING_MS = 1_800;

export function createRowStore(schedule: Schedule, first: View): RowStore {
  let view = first;
  let ids: readonly string[] = [];
  let shown = new Set<string>();
  const states = new Map<string, RowState>();
  const listeners = new Set<() => void>();
  const rowListeners = new Map<string, Set<() => void>>();
  const unknownListeners = new Set<(orders: readonly EventData[]) => void>();
  let queued: EventData[] = [];
  let scheduled = false;

  function rows(): Iterable<Row> {
    return [...states.values()].map((state) => state.row);
  }

  function set(id: string, state: RowState) {
    states.set(id, state);
    for (const listener of rowListeners.get(id) ?? []) listener();
  }

  function show(next: readonly string[]) {
    ids = next;
    shown = new Set(next);
    for (const listener of listeners) listener();
  }

  function rearrange() {
    for (const [id, state] of states) if (state.isLeaving) set(id, { ...state, isLeaving: false });
    show(sortedVisibleIds(rows(), view));
  }

  function startLeaving(id: string, state: RowState) {
    set(id, { ...state, isLeaving: true });
    schedule.afterDelay(() => {
      const now = states.get(id);
      if (!now?.isLeaving) return;
      set(id, { ...now, isLeaving: false });
      if (!isVisible(view, now.row)) show(ids.filter((other) => other !== id));
    }, LEAVING_MS);
  }

  /** Applies the queued events. Inserts rows one by one only while that is cheaper than sorting all. */
  function flush() {
    scheduled = false;
    const events = queued;
    queued = [];
    const unknownEvents: EventData[] = [];
    const arrived: Row[] = [];
    let needsSort = false;
    const now = schedule.now();
    for (const event of events) {
      const known = states.get(event.orderId);
      if (!known) {
        if (event.kind !== "order.created") {
          unknownEvents.push(event);
          continue;
        }
        const row = rowOfCreated(event);
        set(row.id, { row, pendingStatus: undefined, changedAt: now, isNew: true, isLeaving: false });
        if (view.found) unknownEvents.push(event);
        else if (isVisible(view, row)) arrived.push(row);
        continue;
      }
      const row = applyEvent(known.row, event);
      if (row === known.row) continue;
      const state: RowState = {
        ...known,
        row,
        changedAt: now,
        pendingStatus: row.status === known.pendingStatus ? undefined : known.pendingStatus,
      };
      const fits = isVisible(view, row);
      const wasShown = shown.has(row.id);
      if (wasShown && !fits) startLeaving(row.id, state);
      else set(row.id, { ...state, isLeaving: false });
      if (!wasShown && fits) arrived.push(row);
      if (wasShown && canChangePosition(view.filters.sort, known.row, row)) needsSort = true;
    }
    if (needsSort || arrived.length > 50) show(sortedIdsWithLeaving());
    else if (arrived.length > 0) show(withInserted(arrived));
    if (unknownEvents.length > 0) for (const listener of unknownListeners) listener(unknownEvents);
  }

  function sortedIdsWithLeaving(): string[] {
    const isLeaving = new Set(ids.filter((id) => states.get(id)?.isLeaving));
    const next = sortedVisibleIds(rows(), view);
    for (const id of isLeaving) {
      const row = states.get(id)?.row;
      if (row)
        next.splice(
          insertionIndex(row, next, (other) => states.get(other)?.row, view.filters.sort),
          0,
          id,
        );
    }
    return next;
  }

  function withInserted(arrived: readonly Row[]): string[] {
    const next = [...ids];
    for (const row of arrived) {
      if (shown.has(row.id)) continue;
      shown.add(row.id);
      next.splice(
        insertionIndex(row, next, (id) => states.get(id)?.row, view.filters.sort),
        0,
        row.id,
      );
    }
    return next;
  }

  return {
    view: () => view,
    setView(next) {
      view = next;
      rearrange();
    },
    add(orders) {
      for (const order of orders) {
        const known = states.get(order.id);
        // A list response that is older than a live event must not undo it. At the same version the response wins,
        // because it has more fields.
        if (known && known.row.version > order.version) continue;
        const read = rowOf(order);
        const isSameVersion = known?.row.version === read.version;
        const row = {
          ...read,
          allowedTransitions: read.allowedTransitions ?? (isSameVersion ? known.row.allowedTransitions : null),
        };
        set(
          order.id,
          known
            ? { ...known, row, pendingStatus: row.status === known.pendingStatus ? undefined : known.pendingStatus }
            : initialState(row),
        );
      }
      rearrange();
    },
    apply(event) {
      queued.push(event);
      if (scheduled) return;
      scheduled = true;
      schedule.afterTask(flush);
    },
    setPendingStatus(id, status) {
      const known = states.get(id);
      if (known) set(id, { ...known, pendingStatus: status, changedAt: schedule.now() });
    },
    clear() {
      states.clear();
      queued = [];
      show([]);
    },
    ids: () => ids,
    state: (id) => states.get(id),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    subscribeRow(id, listener) {
      let own = rowListeners.get(id);
      if (!own) rowListeners.set(id, (own = new Set()));
      own.add(listener);
      return () => {
        own.delete(listener);
        if (own.size === 0) rowListeners.delete(id);
      };
    },
    onUnknown(listener) {
      unknownListeners.add(listener);
      return () => void unknownListeners.delete(listener);
    },
  };
}

function initialState(row: Row): RowState {
  return { row, pendingStatus: undefined, changedAt: 0, isNew: false, isLeaving: false };
}
