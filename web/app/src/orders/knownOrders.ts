import type { Order, OrderFilter } from "@ordercast/client";

/** How many orders of a list are stored on this device. */
export const MAX_KNOWN = 50;

/** Finds orders as the server would, by status and number, among those that are known without it. */
export function findKnownOrders(orders: readonly Order[], { status, q }: Pick<OrderFilter, "status" | "q">): Order[] {
  return orders.filter((order) => (!status || status.includes(order.status)) && (!q || order.number === q));
}
