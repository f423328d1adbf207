// Predicts what setting one status for many orders will do.

import { ALL_STATUSES, stepsFrom, type OrderState, type Status } from "./status";

export interface Preview {
  status: Status;
  /** Orders that can take the status. */
  possible: number;
  /** Orders among `possible` that it moves back; they need a reason. */
  corrections: number;
  /** Orders that the server will refuse. */
  refused: number;
}

export function previewOf(orders: readonly OrderState[], status: Status): Preview {
  const preview: Preview = { status, possible: 0, corrections: 0, refused: 0 };
  for (const order of orders) {
    const step = stepsFrom(order).find((each) => each.status === status);
    if (!step) preview.refused += 1;
    else preview.possible += 1;
    if (step?.kind === "correction") preview.corrections += 1;
  }
  return preview;
}

/** The statuses that at least one of the orders can take. */
export function choicesFor(orders: readonly OrderState[]): Preview[] {
  return ALL_STATUSES.map((status) => previewOf(orders, status)).filter((preview) => preview.possible > 0);
}

/** The next step of the largest number of orders. */
export function mostCommonNextStep(orders: readonly OrderState[]): Status | undefined {
  const next = new Map<Status, number>();
  for (const order of orders) {
    const step = stepsFrom(order).find((each) => each.kind === "forward");
    if (step) next.set(step.status, (next.get(step.status) ?? 0) + 1);
  }
  return [...next].sort(([, a], [, b]) => b - a)[0]?.[0];
}
