// Placing an order once, also when an answer is lost: as long as nobody knows whether one arrived, no other is sent.

import { OrdercastProblem, type NewOrder, type Order } from "@ordercast/client";

import { mayHaveHappened } from "../../api/http";
import { attemptOf, forgetAttempt, openAttempt, setOpen, type Attempt } from "./attempt";

export type Send = (order: NewOrder, key: string) => Promise<Order>;

export interface Placed {
  order: Order;
  /** What was placed. */
  sent: NewOrder;
  /** It is not what was asked for now: the one that was sent before it turned out to be there. */
  isEarlier: boolean;
}

/** What this says about whether the order arrived: it did not, nobody knows, or nothing about an earlier attempt. */
function outcomeOf(error: unknown): "refused" | "unknown" | "untold" {
  if (mayHaveHappened(error)) return "unknown";
  // These are said before anybody looks for the order.
  return error instanceof OrdercastProblem && [401, 403, 429].includes(error.status) ? "untold" : "refused";
}

async function attempt(it: Attempt, send: Send): Promise<Order> {
  // Also for whoever leaves this page before the answer is there.
  setOpen(it, true);
  try {
    const order = await send(JSON.parse(it.body) as NewOrder, it.key);
    forgetAttempt();
    return order;
  } catch (error) {
    const outcome = outcomeOf(error);
    setOpen(it, outcome === "unknown" || (outcome === "untold" && it.open));
    throw error;
  }
}

/** Finds out about the order that may have arrived, by sending the same again under the same key. */
export async function placeAgain(send: Send): Promise<Placed | undefined> {
  const earlier = openAttempt();
  if (!earlier) return undefined;
  return { order: await attempt(earlier, send), sent: JSON.parse(earlier.body) as NewOrder, isEarlier: false };
}

/** Places it, unless another that was sent before turns out to have arrived. */
export async function placeOnce(order: NewOrder, send: Send): Promise<Placed> {
  const earlier = openAttempt();
  if (earlier && earlier.body !== JSON.stringify(order)) {
    try {
      const placed = await placeAgain(send);
      if (placed) return { ...placed, isEarlier: true };
    } catch (error) {
      // It can still have arrived; otherwise the way is free for this one.
      if (openAttempt()) throw error;
    }
  }
  return { order: await attempt(attemptOf(order), send), sent: order, isEarlier: false };
}
