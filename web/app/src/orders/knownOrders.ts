import type { Order, OrderFilter } from "@ordercast/client";

/** How many orders of a list are stored on this device. */
export const MAX_KNOWN = 50;

/** Filters stored orders by status, time and number, as the server does. */
export function findKnownOrders(orders: readonly Order[], { status, q, from, to }: OrderFilter): Order[] {
  return orders.filter(
    ({ status: current, number, createdAt }) =>
      (!status || status.includes(current)) &&
      (!q || number === q.replace(/^#/, "")) &&
      (!from || Date.parse(createdAt) >= Date.parse(from)) &&
      (!to || Date.parse(createdAt) < Date.parse(to)),
  );
}
