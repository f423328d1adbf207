// One status for many orders: the API takes 500 at once, so larger selections go in several calls. What the server
// asked to be sent later is sent later; an order never goes without an outcome.

import type { BulkOutcome } from "../data/types";

/** The most orders of one call (`POST /orders/bulk-status`). */
export const MOST_AT_ONCE = 500;
const MOST_TRIES = 6;

/** A call that did not come through. `retryAfter`: seconds after which it is worth another try. */
export class SendFailed extends Error {
  constructor(
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export interface Bulk {
  /** One call. The same call again has the same key, so that the server answers what it did the first time. */
  send: (orders: readonly string[]) => Promise<readonly BulkOutcome[]>;
  pause: (seconds: number) => Promise<void>;
  /** After each call: all outcomes so far. */
  onProgress?: (done: readonly BulkOutcome[]) => void;
}

export function chunks<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}

/** Sends them all, one call after the other, and tells each order's outcome, in the order given. */
export async function setStatusOfMany(orders: readonly string[], bulk: Bulk): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for (const part of chunks(orders, MOST_AT_ONCE)) {
    outcomes.push(...(await sendOne(part, bulk)));
    bulk.onProgress?.([...outcomes]);
  }
  return outcomes;
}

async function sendOne(part: readonly string[], bulk: Bulk): Promise<readonly BulkOutcome[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return complete(part, await bulk.send(part));
    } catch (error) {
      const wait = error instanceof SendFailed ? error.retryAfter : undefined;
      if (wait === undefined || tries === MOST_TRIES) {
        const detail = error instanceof Error ? error.message : String(error);
        return part.map((order) => ({ order, ok: false, code: "not_sent", detail }));
      }
      await bulk.pause(wait);
    }
  }
}

/** Should an answer leave an order out, that is said rather than passed over. */
function complete(part: readonly string[], answered: readonly BulkOutcome[]): BulkOutcome[] {
  const byOrder = new Map(answered.map((outcome) => [outcome.order, outcome]));
  return part.map(
    (order) => byOrder.get(order) ?? { order, ok: false, code: "no_outcome", detail: "The server did not say." },
  );
}

export interface RefusedGroup {
  code: string;
  detail: string;
  orders: string[];
}

/** The refused ones, those with the same reason together, the largest group first. */
export function refusedByReason(outcomes: readonly BulkOutcome[]): RefusedGroup[] {
  const groups = new Map<string, RefusedGroup>();
  for (const { order, ok, code, detail } of outcomes) {
    if (ok) continue;
    const key = `${code ?? ""}\n${detail ?? ""}`;
    const group = groups.get(key) ?? { code: code ?? "refused", detail: detail ?? "Refused.", orders: [] };
    group.orders.push(order);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.orders.length - a.orders.length);
}
