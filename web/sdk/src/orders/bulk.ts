// One status for many orders, in as many requests as it takes.

import { unwrap } from "../api/http.js";
import type { BulkOutcome, Status } from "../model.js";
import { asProblem } from "../problem.js";
import type { OptimisticChange } from "./cache.js";
import type { ChangesContext } from "./changes.js";
import { headersOf } from "./changes.js";
import type { BulkOptions, BulkResult } from "./contract.js";

/** The maximum number of orders in one request. */
const MAX_ORDERS = 500;
/** Milliseconds to wait for the event of a change. Then the order is read. */
const EVENT_TIMEOUT_MS = 8000;

export function createBulkChange({ api, cache, environment, read, onActivity, onAction, onOwn }: ChangesContext) {
  async function changeMany(refs: readonly string[], status: Status, options: BulkOptions): Promise<BulkResult> {
    const { reason, note, onProgress } = options;
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
    try {
      for (let start = 0; start < refs.length; start += MAX_ORDERS) {
        const answered = await send(refs, start, body, options);
        outcomes.push(...answered);
        for (const outcome of answered) {
          // The outcome has the version and not the order, which comes with the event or is read.
          const id = pending.get(outcome.order);
          if (!outcome.ok || !outcome.version || id === undefined) {
            settle(outcome.order);
            continue;
          }
          onOwn(id, outcome.version);
          void whenCurrent(id, outcome.version).finally(() => {
            settle(outcome.order);
            onActivity();
          });
        }
        onActivity();
        onProgress?.([...outcomes]);
        if (outcomes.length >= refs.length) break;
      }
    } catch (error) {
      for (const ref of [...pending.keys()]) settle(ref);
      onActivity();
      throw error;
    }
    const changed = outcomes.filter((outcome) => outcome.ok).length;
    return { outcomes, changed, refused: outcomes.length - changed };
  }

  /** The outcomes of one request; of all remaining orders where a later request fails. */
  async function send(
    refs: readonly string[],
    start: number,
    body: { status: Status; reason?: string; note?: string },
    { idempotencyKey, signal }: BulkOptions,
  ): Promise<readonly BulkOutcome[]> {
    const key =
      idempotencyKey === undefined || start === 0 ? idempotencyKey : `${idempotencyKey}/${start / MAX_ORDERS}`;
    try {
      const answer = await unwrap(
        api.POST("/api/v1/orders/bulk-status", {
          body: { ...body, orders: refs.slice(start, start + MAX_ORDERS) },
          headers: headersOf(key === undefined ? {} : { idempotencyKey: key }, null),
          ...(signal === undefined ? {} : { signal }),
        }),
      );
      return answer.outcomes;
    } catch (error) {
      // What earlier requests changed stays changed, so their outcomes are returned.
      if (start === 0) throw error;
      const { code, detail } = asProblem(error);
      return refs.slice(start).map((order): BulkOutcome => ({ order, ok: false, code, detail }));
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
