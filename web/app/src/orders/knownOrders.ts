import type { Order, OrderFilter } from "@ordercast/client";

/** How many orders of a list are stored on this device. */
export const MAX_KNOWN = 50;

/** Finds orders as the server would, by status, time and number, among those that are known without it. */
export function findKnownOrders(orders: readonly Order[], { status, q, from, to }: OrderFilter): Order[] {
  return orders.filter(
    ({ status: current, number, createdAt }) =>
      (!status || status.includes(current)) &&
      (!q || number === q.replace(/^#/, "")) &&
      (!from || Date.parse(createdAt) >= Date.parse(from)) &&
      (!to || Date.parse(createdAt) < Date.parse(to)),
  );
}
