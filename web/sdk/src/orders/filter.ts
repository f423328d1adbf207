// Which orders a list shows.

import type { Order } from "../model.js";
import type { OrderFilter, OrderSort } from "./contract.js";

/** Equal for filters with the same meaning; empty for filters that match everything. */
export function keyOf({ status, q, from, to }: OrderFilter): string {
  const parts = [
    status === undefined || status.length === 0 ? "" : [...status].sort().join(),
    q?.trim() ?? "",
    from ?? "",
    to ?? "",
  ];
  return parts.every((part) => part === "") ? "" : JSON.stringify(parts);
}

/** The query parameters for the filter and sort order of a list. */
export function queryOf({ status, q, from, to }: OrderFilter, sort: OrderSort) {
  return {
    ...(sort === "newest" ? {} : { sort }),
    ...(status === undefined || status.length === 0 ? {} : { status: status.join() }),
    ...(q === undefined || q.trim() === "" ? {} : { q: q.trim() }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** `isSearchHit`: the server found the order by `q`, which searches fields that are not known here. */
export function matches(order: Order, filter: OrderFilter, isSearchHit: boolean): boolean {
  if (filter.status !== undefined && filter.status.length > 0 && !filter.status.includes(order.status)) return false;
  const placed = Date.parse(order.createdAt);
  if (filter.from !== undefined && placed < Date.parse(filter.from)) return false;
  if (filter.to !== undefined && placed >= Date.parse(filter.to)) return false;
  const search = filter.q?.trim().toLowerCase() ?? "";
  return search === "" || isSearchHit || matchesSearch(order, search);
}

/** The server's search, over the fields known here. */
function matchesSearch(order: Order, search: string): boolean {
  const { number, trackingNumber, customer, shippingAddress } = order;
  const bare = search.replace(/^#/, "");
  if (number === bare || trackingNumber?.toLowerCase() === bare) return true;
  const text = [customer?.name, customer?.email, shippingAddress?.name, shippingAddress?.phone]
    .filter(Boolean)
    .join(" ")
    .toLowerCase();
  return text !== "" && search.split(/\s+/).every((word) => text.includes(word));
}
