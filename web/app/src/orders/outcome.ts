// What to tell the person who changed a status.

import { describeOutcome, type Description, type Order, type Status } from "@ordercast/client";

/** A payment may leave the status as it is, such as `delivered`: then the status was not updated, and the toast says so. */
export function outcomeOf({ status }: Pick<Order, "status">, requested: Status, live: number | null): Description {
  const outcome = describeOutcome(requested, live);
  if (requested !== "paid" || status === "paid") return outcome;
  return { ...outcome, message: outcome.message.replace(/^[^.]*\./, "Payment recorded.") };
}
