// Status actions in the console.

import type { Status } from "../../orders/status";

export type { Status };

/** In the order of an order's life. */
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

/** The label of the button that sets the status. */
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

const STAGES = ["pending", "processing", "shipped", "delivered"] as const;

/** How far it got, whatever the payment made the status read. */
function stage(order: OrderState): (typeof STAGES)[number] {
  if (order.status === "paid")
    return order.shipments.some((parcel) => parcel.status !== "packed") ? "shipped" : "pending";
  return order.status === "cancelled" ? "delivered" : order.status;
}

/** Everything staff may do to it, the mostCommonNextStep first. */
export function stepsFrom(order: OrderState): Step[] {
  if (order.status === "cancelled") return [];
  const here = STAGES.indexOf(stage(order));
  const steps: Step[] = STAGES.slice(here + 1).map((status) => ({ status, kind: "forward" }));
  if (cashIsDue(order)) steps.push({ status: "paid", kind: "payment" });
  // An order that only its payment makes read `paid` is corrected to the sortKey where it stands.
  const back = STAGES.slice(0, order.status === "paid" ? here + 1 : here).reverse();
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

/** Cash that has not been recorded as paid. */
export function cashIsDue(order: OrderState): boolean {
  return (
    order.payment?.method === "cash_on_delivery" && order.payment.status === "pending" && order.status !== "cancelled"
  );
}
