// Predicts what setting one status for many orders will do.

import { STATUSES } from "@ordercast/client";

import { nextStatus, type OrderState, type Status } from "./status";

type Order = Pick<OrderState, "allowedTransitions">;

export interface Preview {
  status: Status;
  /** Orders that can take the status. */
  possible: number;
  /** Orders among `possible` that it moves back; they need a reason. */
  corrections: number;
  /** Orders that the server will refuse. */
  refused: number;
}

export function previewOf(orders: readonly Order[], status: Status): Preview {
  const preview: Preview = { status, possible: 0, corrections: 0, refused: 0 };
  for (const { allowedTransitions } of orders) {
    const transition = allowedTransitions?.find((each) => each.status === status);
    if (!transition) preview.refused += 1;
    else preview.possible += 1;
    if (transition?.reasonRequired) preview.corrections += 1;
  }
  return preview;
}

/**
 * The statuses that at least one of the orders can take: first those that move no order back, then the others, and cancelling
 * last.
 */
export function choicesFor(orders: readonly Order[]): Preview[] {
  const rank = ({ status, corrections }: Preview) => (status === "cancelled" ? 2 : corrections > 0 ? 1 : 0);
  return STATUSES.map((status) => previewOf(orders, status))
    .filter((preview) => preview.possible > 0)
    .sort((a, b) => rank(a) - rank(b));
}

/** Why there are no choices. */
export function noChoicesReason(orders: readonly Order[]): string {
  return orders.some(({ allowedTransitions }) => allowedTransitions === null)
    ? "The last change of these orders is not confirmed yet. Try again in a moment."
    : "Cancelled orders cannot be changed.";
}

/** The next step of the largest number of orders, unless it moves another order back. */
export function commonNextStep(orders: readonly Order[]): Status | undefined {
  const counts = new Map<Status, number>();
  for (const order of orders) {
    const status = nextStatus(order);
    if (status) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const step = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
  return step !== undefined && previewOf(orders, step).corrections === 0 ? step : undefined;
}
