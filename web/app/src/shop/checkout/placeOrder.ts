// Places an order exactly once, even when a response is lost: while the outcome of one order is unknown, no other is
// sent.

import { OrdercastProblem, type NewOrder, type Order } from "@ordercast/client";

import { isOutcomeUnknown } from "../../api/http";
import { attemptFor, forgetAttempt, unresolvedAttempt, setUnresolved, type Attempt } from "./attempt";

export type Send = (order: NewOrder, key: string) => Promise<Order>;

export interface Placed {
  order: Order;
  /** The order that was sent. */
  sent: NewOrder;
  /** An earlier attempt turned out to have been placed, instead of the current form. */
  isEarlier: boolean;
}

/** What an error says about the attempt: refused, unknown, or nothing (`unchanged`). */
function outcomeOf(error: unknown): "refused" | "unknown" | "unchanged" {
  if (isOutcomeUnknown(error)) return "unknown";
  // These are checked before the server looks at the order.
  return error instanceof OrdercastProblem && [401, 403, 429].includes(error.status) ? "unchanged" : "refused";
}

async function sendAttempt(attempt: Attempt, send: Send): Promise<Order> {
  // Recorded before the request, in case the user leaves the page.
  setUnresolved(attempt, true);
  try {
    const order = await send(JSON.parse(attempt.body) as NewOrder, attempt.key);
    forgetAttempt();
    return order;
  } catch (error) {
    const outcome = outcomeOf(error);
    setUnresolved(attempt, outcome === "unknown" || (outcome === "unchanged" && attempt.open));
    throw error;
  }
}

/** Sends the unresolved order again under the same key, to find out its outcome. */
export async function retryUnresolved(accountId: string, send: Send): Promise<Placed | undefined> {
  const earlier = unresolvedAttempt(accountId);
  if (!earlier) return undefined;
  return { order: await sendAttempt(earlier, send), sent: JSON.parse(earlier.body) as NewOrder, isEarlier: false };
}

/** Places the order, unless an earlier one turns out to have been placed. */
export async function placeOrderOnce(accountId: string, order: NewOrder, send: Send): Promise<Placed> {
  const earlier = unresolvedAttempt(accountId);
  if (earlier && earlier.body !== JSON.stringify(order)) {
    try {
      const placed = await retryUnresolved(accountId, send);
      if (placed) return { ...placed, isEarlier: true };
    } catch (error) {
      // If the earlier order may still have been placed, stop; otherwise continue with this one.
      if (unresolvedAttempt(accountId)) throw error;
    }
  }
  return { order: await sendAttempt(attemptFor(accountId, order), send), sent: order, isEarlier: false };
}
