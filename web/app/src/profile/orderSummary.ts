import { isFinal, type Money, type Order } from "@ordercast/client";

export interface OrderSummary {
  total: number;
  active: number;
  delivered: number;
  /** One amount per currency, without cancelled and refunded orders. */
  spent: Money[];
}

export function summarizeOrders(orders: readonly Order[]): OrderSummary {
  const spent = new Map<string, number>();
  for (const { status, total, payment } of orders)
    if (total && status !== "cancelled" && payment?.status !== "refunded")
      spent.set(total.currency, (spent.get(total.currency) ?? 0) + total.amount);
  return {
    total: orders.length,
    active: orders.filter((order) => !isFinal(order.status)).length,
    delivered: orders.filter((order) => order.status === "delivered").length,
    spent: [...spent].map(([currency, amount]) => ({ amount, currency })),
  };
}
