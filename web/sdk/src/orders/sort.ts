// In which order a list shows its orders.

import type { Order } from "../model.js";
import type { OrderSort } from "./contract.js";

export type CompareOrders = (a: Order, b: Order) => number;

/** Newest first. Order numbers are rising integers, so a longer number is newer. */
export const compareNewest: CompareOrders = (a, b) =>
  b.number.length - a.number.length || (a.number < b.number ? 1 : a.number > b.number ? -1 : 0);

/** As the server sorts. Each ends with the number, so that the order of two different orders is always defined. */
export const COMPARE: Readonly<Record<OrderSort, CompareOrders>> = {
  newest: compareNewest,
  oldest: (a, b) => compareNewest(b, a),
  "total-high": (a, b) => totalOf(b) - totalOf(a) || compareNewest(a, b),
  "total-low": (a, b) => totalOf(a) - totalOf(b) || compareNewest(b, a),
  changed: (a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt) || compareNewest(a, b),
};

function totalOf({ total }: Order): number {
  return total?.amount ?? 0;
}

/** The index of an order in a sorted array, or the index at which to insert it. */
export function sortedIndex(orders: readonly Order[], order: Order, compare: CompareOrders): number {
  let low = 0;
  let high = orders.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = orders[middle];
    if (other !== undefined && compare(other, order) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
