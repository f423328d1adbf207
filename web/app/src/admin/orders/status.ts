// What staff may make of an order, and what they call it. The server decides; this says which buttons to offer and
// where a reason will be asked for (docs/orders.md has the table).

import type { Status } from "../../orders/status";

export type { Status };

/** All of them, in the order in which an order goes through them. */
export const ALL_STATUSES = [
  "pending",
  "processing",
  "shipped",
  "paid",
  "delivered",
  "cancelled",
] as const satisfies Status[];

export function isStatus(text: string): text is Status {
  return (ALL_STATUSES as readonly string[]).includes(text);
}

/** What the button says that leads there. */
export const STATUS_ACTIONS: Record<Status, string> = {
  pending: "Back to pending",
  processing: "Start processing",
  shipped: "Mark as shipped",
  paid: "Record payment",
  delivered: "Mark as delivered",
  cancelled: "Cancel order",
};

/** As much of an order as decides what may follow. */
export interface OrderState {
  status: Status;
  payment?: { method: string; status: string } | null | undefined;
  shipments: readonly { status: string }[];
}

export interface Step {
  status: Status;
  /** `forward` on its way, `payment` records money, `correction` needs a reason, `cancel` ends it. */
  kind: "forward" | "payment" | "correction" | "cancel";
}

const ROAD = ["pending", "processing", "shipped", "delivered"] as const;

/** How far it got, whatever the payment made the status read. */
function stage(order: OrderState): (typeof ROAD)[number] {
  if (order.status === "paid")
    return order.shipments.some((parcel) => parcel.status !== "packed") ? "shipped" : "pending";
  return order.status === "cancelled" ? "delivered" : order.status;
}

/** Everything staff may do to it, the likeliest first. */
export function stepsFrom(order: OrderState): Step[] {
  if (order.status === "cancelled") return [];
  const here = ROAD.indexOf(stage(order));
  const steps: Step[] = ROAD.slice(here + 1).map((status) => ({ status, kind: "forward" }));
  if (cashIsDue(order)) steps.push({ status: "paid", kind: "payment" });
  // An order that only its payment makes read `paid` is corrected to the place where it stands.
  const back = ROAD.slice(0, order.status === "paid" ? here + 1 : here).reverse();
  steps.push(...back.map((status): Step => ({ status, kind: "correction" })));
  if (order.status !== "delivered") steps.push({ status: "cancelled", kind: "cancel" });
  return steps;
}

/** The one step that a row's button offers. */
export function nextStep(order: OrderState): Step | undefined {
  return stepsFrom(order).find((step) => step.kind === "forward");
}

export function needsReason(order: OrderState, status: Status): boolean {
  return stepsFrom(order).some((step) => step.status === status && step.kind === "correction");
}

/** Cash that staff may record: until then it is due, wherever the order stands. */
export function cashIsDue(order: OrderState): boolean {
  return (
    order.payment?.method === "cash_on_delivery" && order.payment.status === "pending" && order.status !== "cancelled"
  );
}
