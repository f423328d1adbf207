// Which orders a list shows, and in which order.

import type { Order } from "../model.js";
import type { OrderFilter } from "./contract.js";

/** The same for filters that mean the same. */
export function keyOf({ status, q, from, to }: OrderFilter): string {
  const parts = [
    status === undefined || status.length === 0 ? "" : [...status].sort().join(),
    q?.trim() ?? "",
    from ?? "",
    to ?? "",
  ];
  return parts.every((part) => part === "") ? "" : JSON.stringify(parts);
}

/** Whether an order is to be shown; what only the server can search is answered by `isSearchHit`. */
export function matches(order: Order, filter: OrderFilter, isSearchHit: boolean): boolean {
  if (filter.status !== undefined && filter.status.length > 0 && !filter.status.includes(order.status)) return false;
  const placed = Date.parse(order.createdAt);
  if (filter.from !== undefined && placed < Date.parse(filter.from)) return false;
  if (filter.to !== undefined && placed >= Date.parse(filter.to)) return false;
  const words = filter.q?.trim().toLowerCase() ?? "";
  return words === "" || isSearchHit || matchesSearch(order, words);
}

/** The server's search, as far as an order tells what it searches in. */
function matchesSearch(order: Order, words: string): boolean {
  const { number, trackingNumber, customer, shippingAddress } = order;
  const bare = words.replace(/^#/, "");
  if (number === bare || trackingNumber?.toLowerCase() === bare) return true;
  const text = [customer?.name, customer?.email, shippingAddress?.name, shippingAddress?.phone]
    .filter(Boolean)
    .join(" ")
    .toLowerCase();
  return text !== "" && words.split(/\s+/).every((word) => text.includes(word));
}

/** Newest first: negative where `one` stands above `other`. Numbers count up; longer ones are later. */
export function compareOrders(one: Order, other: Order): number {
  const byLength = other.number.length - one.number.length;
  if (byLength !== 0) return byLength;
  return one.number < other.number ? 1 : one.number > other.number ? -1 : 0;
}

/** Where an order stands in a sorted list, or would. */
export function sortedIndex(orders: readonly Order[], order: Order): { index: number; isThere: boolean } {
  let low = 0;
  let high = orders.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = orders[middle];
    const side = at === undefined ? 0 : compareOrders(at, order);
    if (side === 0) return { index: middle, isThere: true };
    if (side < 0) low = middle + 1;
    else high = middle;
  }
  return { index: low, isThere: false };
}
