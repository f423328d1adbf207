// Selects and sorts the rows to show. Pure functions; the state is in `store.ts`.

import { matchesFilters, type Bounds, type OrderFilters, type Sort } from "./filters";
import type { Row } from "./row";

export interface View {
  filters: OrderFilters;
  bounds: Bounds;
  /**
   * The lowest sort key of the loaded pages. Older orders stay hidden until their page is loaded, so that the list has
   * no gaps. 0 when everything is loaded.
   */
  minSortKey: number;
  /** The ids that the server found for the search text; undefined without a search. */
  found: ReadonlySet<string> | undefined;
}

export function isVisible(view: View, row: Row): boolean {
  if (row.sortKey < view.minSortKey) return false;
  if (view.found && !view.found.has(row.id)) return false;
  return matchesFilters(row, view.filters, view.bounds);
}

type Compare = (a: Row, b: Row) => number;

const newest: Compare = (a, b) => b.sortKey - a.sortKey;

/** Ties are broken by the order number, so that the order is stable. */
export const COMPARE: Record<Sort, Compare> = {
  newest,
  oldest: (a, b) => a.sortKey - b.sortKey,
  "total-high": (a, b) => (b.total?.amount ?? 0) - (a.total?.amount ?? 0) || newest(a, b),
  "total-low": (a, b) => (a.total?.amount ?? 0) - (b.total?.amount ?? 0) || newest(a, b),
  changed: (a, b) => compareText(b.updatedAt, a.updatedAt) || newest(a, b),
};

// The API formats all times alike, so they sort as text.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a change can move a row that stays visible. An order's number and total never change. */
export function canChangePosition(sort: Sort, before: Row, after: Row): boolean {
  return sort === "changed" && before.updatedAt !== after.updatedAt;
}

export function sortedVisibleIds(rows: Iterable<Row>, view: View): string[] {
  const shown: Row[] = [];
  for (const row of rows) if (isVisible(view, row)) shown.push(row);
  return shown.sort(COMPARE[view.filters.sort]).map((row) => row.id);
}

/** The position at which a row belongs in sorted rows. */
export function insertionIndex(
  row: Row,
  ids: readonly string[],
  rowOf: (id: string) => Row | undefined,
  sort: Sort,
): number {
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
