// The rows of the table. Whatever arrives together is put aside and taken over together: fifty changes a second cost at
// most one update a frame, and one that nobody sees costs no drawing at all, because every row on the screen listens for itself.

import { arranged, moves, placeFor, shows, type View } from "./list";
import { patched, rowOf, rowOfCreated, type EventData, type OrderData, type Row } from "./row";
import type { Status } from "./status";

export interface RowState {
  row: Row;
  /** What this person asked for and the server has not answered yet. */
  asked: Status | undefined;
  /** When it last changed before somebody's eyes, on the clock given; 0 when it never did. */
  touched: number;
  /** It came while the table was open. */
  fresh: boolean;
  /** It no longer fits the filters, and goes in a moment. */
  leaving: boolean;
}

export interface Schedule {
  /** Runs it once, after the task that asks for it. */
  soon: (run: () => void) => void;
  /** Runs it once, after milliseconds. */
  later: (run: () => void, ms: number) => void;
  now: () => number;
}

export interface RowStore {
  view: () => View;
  /** Other filters. What is known and fits is shown at once. */
  setView: (view: View) => void;
  add: (orders: readonly OrderData[]) => void;
  apply: (event: EventData) => void;
  /** Shows a status before the server has agreed; undefined takes that back. */
  ask: (id: string, status: Status | undefined) => void;
  clear: () => void;

  ids: () => readonly string[];
  state: (id: string) => RowState | undefined;
  subscribe: (listener: () => void) => () => void;
  subscribeRow: (id: string, listener: () => void) => () => void;
  /** Orders that were heard of, would be shown, and are not known: their page or themselves have to be read. */
  onUnknown: (listener: (orders: readonly EventData[]) => void) => () => void;
}

/** How long a row that no longer fits stays, told apart, so that nothing slips away from under a finger. */
export const LEAVING_MS = 1_800;

export function createRowStore(schedule: Schedule, first: View): RowStore {
  let view = first;
  let ids: readonly string[] = [];
  let shown = new Set<string>();
  const states = new Map<string, RowState>();
  const listeners = new Set<() => void>();
  const rowListeners = new Map<string, Set<() => void>>();
  const unknownListeners = new Set<(orders: readonly EventData[]) => void>();
  let waiting: EventData[] = [];
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

  function arrange() {
    for (const [id, state] of states) if (state.leaving) set(id, { ...state, leaving: false });
    show(arranged(rows(), view));
  }

  function leave(id: string, state: RowState) {
    set(id, { ...state, leaving: true });
    schedule.later(() => {
      const now = states.get(id);
      if (!now?.leaving) return;
      set(id, { ...now, leaving: false });
      if (!shows(view, now.row)) show(ids.filter((other) => other !== id));
    }, LEAVING_MS);
  }

  /** Takes over what waited. Positions are found one by one only while that is cheaper than sorting all. */
  function flush() {
    scheduled = false;
    const events = waiting;
    waiting = [];
    const unknown: EventData[] = [];
    const arrived: Row[] = [];
    let resort = false;
    const now = schedule.now();
    for (const event of events) {
      const known = states.get(event.orderId);
      if (!known) {
        if (event.kind !== "order.created") {
          unknown.push(event);
          continue;
        }
        const row = rowOfCreated(event);
        set(row.id, { row, asked: undefined, touched: now, fresh: true, leaving: false });
        if (view.found) unknown.push(event);
        else if (shows(view, row)) arrived.push(row);
        continue;
      }
      const row = patched(known.row, event);
      if (row === known.row) continue;
      const state: RowState = {
        ...known,
        row,
        touched: now,
        asked: row.status === known.asked ? undefined : known.asked,
      };
      const fits = shows(view, row);
      const wasShown = shown.has(row.id);
      if (wasShown && !fits) leave(row.id, state);
      else set(row.id, { ...state, leaving: false });
      if (!wasShown && fits) arrived.push(row);
      if (wasShown && moves(view.filters.sort, known.row, row)) resort = true;
    }
    if (resort || arrived.length > 50) show(arrangedWithLeaving());
    else if (arrived.length > 0) show(inserted(arrived));
    if (unknown.length > 0) for (const listener of unknownListeners) listener(unknown);
  }

  function arrangedWithLeaving(): string[] {
    const leaving = new Set(ids.filter((id) => states.get(id)?.leaving));
    const next = arranged(rows(), view);
    for (const id of leaving) {
      const row = states.get(id)?.row;
      if (row)
        next.splice(
          placeFor(row, next, (other) => states.get(other)?.row, view.filters.sort),
          0,
          id,
        );
    }
    return next;
  }

  function inserted(arrived: readonly Row[]): string[] {
    const next = [...ids];
    for (const row of arrived) {
      if (shown.has(row.id)) continue;
      shown.add(row.id);
      next.splice(
        placeFor(row, next, (id) => states.get(id)?.row, view.filters.sort),
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
      arrange();
    },
    add(orders) {
      for (const order of orders) {
        const known = states.get(order.id);
        // A list that was read before a live event arrived must not undo it; one that knows as much knows more fields.
        if (known && known.row.version > order.version) continue;
        const row = rowOf(order);
        set(
          order.id,
          known ? { ...known, row, asked: row.status === known.asked ? undefined : known.asked } : still(row),
        );
      }
      arrange();
    },
    apply(event) {
      waiting.push(event);
      if (scheduled) return;
      scheduled = true;
      schedule.soon(flush);
    },
    ask(id, status) {
      const known = states.get(id);
      if (known) set(id, { ...known, asked: status, touched: schedule.now() });
    },
    clear() {
      states.clear();
      waiting = [];
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

function still(row: Row): RowState {
  return { row, asked: undefined, touched: 0, fresh: false, leaving: false };
}
