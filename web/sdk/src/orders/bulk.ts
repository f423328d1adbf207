// One status for many orders, in as many requests as it takes.

import { unwrap } from "../api/http.js";
import type { BulkOutcome, Status } from "../model.js";
import { asProblem, localProblem } from "../problem.js";
import type { OptimisticChange } from "./cache.js";
import { assertSamePerson, type ChangesContext, headersOf } from "./changesContext.js";
import type { BulkOptions, BulkResult } from "./contract.js";

/** The maximum number of orders in one request. */
const MAX_ORDERS = 500;
/** How often a request is sent when the server is busy, and the longest wait between two attempts in milliseconds. */
const MAX_ATTEMPTS = 6;
const MAX_RETRY_AFTER_MS = 60_000;
/** Milliseconds to wait for the event of a change. Then the order is read. */
const EVENT_TIMEOUT_MS = 8000;

export function createBulkChange({
  api,
  cache,
  environment,
  guard,
  read,
  onActivity,
  onAction,
  onOwn,
}: ChangesContext) {
  async function changeMany(refs: readonly string[], status: Status, options: BulkOptions): Promise<BulkResult> {
    const { reason, note, onProgress } = options;
    const isSamePerson = guard();
    const body = { status, ...(reason === undefined ? {} : { reason }), ...(note === undefined ? {} : { note }) };
    const change: OptimisticChange = {
      change: { type: "status", body },
      at: new Date(environment.now()).toISOString(),
    };
    const pending = new Map<string, string>();
    for (const ref of new Set(refs)) {
      const id = cache.get(ref)?.id;
      if (id === undefined) continue;
      pending.set(ref, id);
      cache.applyOptimistic(id, change);
    }
    onAction([...pending.values()]);
    const settle = (ref: string) => {
      const id = pending.get(ref);
      if (id === undefined) return;
      pending.delete(ref);
      cache.rollback(id, change);
    };
    const outcomes: BulkOutcome[] = [];
    let failure: unknown;
    let isAnswered = false;
    for (let start = 0; start < refs.length; start += MAX_ORDERS) {
      const chunk = refs.slice(start, start + MAX_ORDERS);
      try {
        assertSamePerson(isSamePerson);
        if (options.signal?.aborted) throw localProblem("aborted", "The request was aborted.");
        outcomes.push(...withEveryOrder(chunk, await send(chunk, start / MAX_ORDERS, body, options)));
        isAnswered = true;
      } catch (error) {
        failure = error;
        const { code, detail } = asProblem(error);
        outcomes.push(...chunk.map((order): BulkOutcome => ({ order, ok: false, code, detail })));
      }
      for (const { order, ok, version } of outcomes.slice(start)) {
        // The outcome has the version and not the order, which comes with the event or is read.
        const id = pending.get(order);
        if (!ok || !version || id === undefined) {
          settle(order);
          continue;
        }
        if (isSamePerson()) onOwn(id, version);
        void whenCurrent(id, version).finally(() => {
          settle(order);
          onActivity();
        });
      }
      onActivity();
      onProgress?.([...outcomes]);
    }
    if (!isAnswered && refs.length > 0) {
      for (const ref of [...pending.keys()]) settle(ref);
      onActivity();
      throw failure;
    }
    const changed = outcomes.filter((outcome) => outcome.ok).length;
    return { outcomes, changed, refused: outcomes.length - changed };
  }

  /** Sends one request. A temporary failure is repeated with the same idempotency key. */
  async function send(
    orders: string[],
    index: number,
    body: { status: Status; reason?: string; note?: string },
    { idempotencyKey, signal }: BulkOptions,
  ): Promise<readonly BulkOutcome[]> {
    const key = idempotencyKey === undefined || index === 0 ? idempotencyKey : `${idempotencyKey}/${index}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await unwrap(
          api.POST("/api/v1/orders/bulk-status", {
            body: { ...body, orders },
            headers: headersOf(key === undefined ? {} : { idempotencyKey: key }, null),
            ...(signal === undefined ? {} : { signal }),
          }),
        );
        return answer.outcomes;
      } catch (error) {
        const wait = asProblem(error).retryAfterMs;
        // Without `retryAfter` the request was repeated already.
        if (wait === undefined || wait > MAX_RETRY_AFTER_MS || attempt === MAX_ATTEMPTS || signal?.aborted) throw error;
        await new Promise<void>((resolve) => environment.setTimeout(resolve, wait));
      }
    }
  }

  /** Resolves when the order is known at this version. */
  async function whenCurrent(id: string, version: number): Promise<void> {
    const isCurrent = () => (cache.confirmed(id)?.version ?? version) >= version;
    if (isCurrent()) return;
    await new Promise<void>((resolve) => {
      const timer = environment.setTimeout(done, EVENT_TIMEOUT_MS);
      const stop = cache.onUpdate(id, () => {
        if (isCurrent()) done();
      });
      function done() {
        environment.clearTimeout(timer);
        stop();
        resolve();
      }
    });
    if (!isCurrent()) await read(id);
  }

  return changeMany;
}

/** An order that is missing in the response has failed. */
function withEveryOrder(orders: readonly string[], answered: readonly BulkOutcome[]): BulkOutcome[] {
  const byOrder = new Map(answered.map((outcome) => [outcome.order, outcome]));
  return orders.map(
    (order) =>
      byOrder.get(order) ?? { order, ok: false, code: "no_outcome", detail: "The server returned no result for it." },
  );
}
