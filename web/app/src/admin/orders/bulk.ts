// Sets one status for many orders. The API takes 500 per call, so larger selections take several calls. Every order
// gets an outcome.

import type { BulkOutcome } from "../data/types";

/** The limit of `POST /orders/bulk-status`. */
export const MAX_PER_CALL = 500;
const MAX_TRIES = 6;

/** A failed call. `retryAfter`: seconds after which to try again; undefined when retrying cannot help. */
export class SendFailed extends Error {
  constructor(
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export interface BulkCalls {
  /** One call. A retry uses the same idempotency key, so the server repeats its first answer. */
  send: (orders: readonly string[]) => Promise<readonly BulkOutcome[]>;
  pause: (seconds: number) => Promise<void>;
  /** Called after each call with all outcomes so far. */
  onProgress?: (done: readonly BulkOutcome[]) => void;
}

export function chunks<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < all.length; at += size) parts.push(all.slice(at, at + size));
  return parts;
}

/** Sends all calls one after the other. The outcomes have the order of `orders`. */
export async function setStatusOfMany(orders: readonly string[], bulk: BulkCalls): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  for (const chunk of chunks(orders, MAX_PER_CALL)) {
    outcomes.push(...(await sendChunk(chunk, bulk)));
    bulk.onProgress?.([...outcomes]);
  }
  return outcomes;
}

async function sendChunk(chunk: readonly string[], bulk: BulkCalls): Promise<readonly BulkOutcome[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return withEveryOrder(chunk, await bulk.send(chunk));
    } catch (error) {
      const wait = error instanceof SendFailed ? error.retryAfter : undefined;
      if (wait === undefined || tries === MAX_TRIES) {
        const detail = error instanceof Error ? error.message : String(error);
        return chunk.map((order) => ({ order, ok: false, code: "not_sent", detail }));
      }
      await bulk.pause(wait);
    }
  }
}

/** An order missing from the response is reported as failed. */
function withEveryOrder(chunk: readonly string[], answered: readonly BulkOutcome[]): BulkOutcome[] {
  const byOrder = new Map(answered.map((outcome) => [outcome.order, outcome]));
  return chunk.map(
    (order) =>
      byOrder.get(order) ?? {
        order,
        ok: false,
        code: "no_outcome",
        detail: "The server returned no result for this order.",
      },
  );
}

export interface RefusalGroup {
  code: string;
  detail: string;
  orders: string[];
}

/** The refused orders grouped by reason, largest group first. */
export function groupRefusals(outcomes: readonly BulkOutcome[]): RefusalGroup[] {
  const groups = new Map<string, RefusalGroup>();
  for (const { order, ok, code, detail } of outcomes) {
    if (ok) continue;
    const key = `${code ?? ""}\n${detail ?? ""}`;
    const group = groups.get(key) ?? { code: code ?? "refused", detail: detail ?? "Refused.", orders: [] };
    group.orders.push(order);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.orders.length - a.orders.length);
}
