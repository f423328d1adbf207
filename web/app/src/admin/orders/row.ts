// What a row of the table shows of an order.

import type { Order } from "@ordercast/client";

/** The customer's name, or the recipient's. */
export function customerName({ customer, shippingAddress }: Pick<Order, "customer" | "shippingAddress">): string {
  return customer?.name ?? shippingAddress?.name ?? "Customer";
}

/** "2 × Harbour Espresso, 250 g", and the number of further lines. */
export function summaryOf(items: readonly { name: string; quantity: number }[]): { first: string; more: number } {
  const [first, ...more] = items;
  if (!first) return { first: "No items", more: 0 };
  return { first: first.quantity > 1 ? `${first.quantity} × ${first.name}` : first.name, more: more.length };
}
