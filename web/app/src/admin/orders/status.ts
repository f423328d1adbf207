// The actions that set an order's status. The server decides which of them an order allows.

import { STATUSES, type AllowedTransition, type Status } from "@ordercast/client";

export type { Status } from "@ordercast/client";

export function isStatus(text: string): text is Status {
  return (STATUSES as readonly string[]).includes(text);
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

/** The fields of an order that decide which actions to show. */
export interface OrderState {
  /** Null while unknown, such as during an unconfirmed change. */
  allowedTransitions: readonly AllowedTransition[] | null;
  payment?: { method: string; status: string } | null | undefined;
  status: Status;
}

/** `correction` moves the order back and needs a reason; `payment` records money; `cancel` ends the order. */
export type ActionKind = "forward" | "payment" | "correction" | "cancel";

export function actionKind({ status, reasonRequired }: AllowedTransition): ActionKind {
  if (status === "cancelled") return "cancel";
  if (reasonRequired) return "correction";
  return status === "paid" ? "payment" : "forward";
}

/** The allowed statuses of one kind: the nearest forward step first, and the nearest correction first. */
export function statusesOf(kind: ActionKind, { allowedTransitions }: Pick<OrderState, "allowedTransitions">): Status[] {
  const statuses = (allowedTransitions ?? [])
    .filter((transition) => actionKind(transition) === kind)
    .map(({ status }) => status);
  return kind === "correction" ? statuses.reverse() : statuses;
}

/** The next forward step. */
export function nextStatus(order: Pick<OrderState, "allowedTransitions">): Status | undefined {
  return statusesOf("forward", order)[0];
}

/** The step on the button of a row: the next one, or the one that a pending change takes. */
export function shownStep(
  { allowedTransitions, status }: Pick<OrderState, "allowedTransitions" | "status">,
  isPending: boolean,
): Status | undefined {
  return allowedTransitions === null && isPending ? status : nextStatus({ allowedTransitions });
}

/** Cash that has not been recorded as paid. */
export function cashIsDue({ payment, status }: Pick<OrderState, "payment" | "status">): boolean {
  return payment?.method === "cash_on_delivery" && payment.status === "pending" && status !== "cancelled";
}
