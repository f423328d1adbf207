// Which of the known orders the table shows, and in what order. Pure: the store beside it keeps the state.

import { belongs, type Bounds, type OrderFilters, type Sort } from "./filters";
import type { Row } from "./row";

export interface View {
  filters: OrderFilters;
  bounds: Bounds;
  /**
   * The pages read so far reach down to this order: what is older waits for its page, so that no gap is ever shown as
   * if it were none. 0 when everything was read.
   */
  reach: number;
  /** What the server found for the words searched; undefined when nothing is searched. */
  found: ReadonlySet<string> | undefined;
}

export function shows(view: View, row: Row): boolean {
  if (row.place < view.reach) return false;
  if (view.found && !view.found.has(row.id)) return false;
  return belongs(row, view.filters, view.bounds);
}

type Compare = (a: Row, b: Row) => number;

const newest: Compare = (a, b) => b.place - a.place;

/** Each ends with the number, so that no two rows ever change places for nothing. */
export const COMPARE: Record<Sort, Compare> = {
  newest,
  oldest: (a, b) => a.place - b.place,
  "total-high": (a, b) => (b.total?.amount ?? 0) - (a.total?.amount ?? 0) || newest(a, b),
  "total-low": (a, b) => (a.total?.amount ?? 0) - (b.total?.amount ?? 0) || newest(a, b),
  changed: (a, b) => compareText(b.updatedAt, a.updatedAt) || newest(a, b),
};

// The API's times all have the same form: as text they sort as they do as times.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a change of a row that stays can move it. Its number and its total never change. */
export function moves(sort: Sort, before: Row, after: Row): boolean {
  return sort === "changed" && before.updatedAt !== after.updatedAt;
}

export function arranged(rows: Iterable<Row>, view: View): string[] {
  const shown: Row[] = [];
  for (const row of rows) if (shows(view, row)) shown.push(row);
  return shown.sort(COMPARE[view.filters.sort]).map((row) => row.id);
}

/** Where a row belongs among sorted ones. */
export function placeFor(row: Row, ids: readonly string[], rowOf: (id: string) => Row | undefined, sort: Sort): number {
  const compare = COMPARE[sort];
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = rowOf(ids[middle] ?? "");
    if (other && compare(other, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
