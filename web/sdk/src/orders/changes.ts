// What people do to orders: shown at once, taken back when refused, and never lost when somebody else was first.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import type { Environment } from "../core/environment.js";
import type { BulkOutcome, Order, Status } from "../model.js";
import { localProblem, type OrdercastProblem } from "../problem.js";
import { applyChange } from "./apply.js";
import type { OrderCache, OptimisticChange } from "./cache.js";
import type { ActionOptions, BulkResult, ChangeOptions, ChangeResult, OrderChange, OrderConflict } from "./contract.js";
import { asProblem } from "./list.js";

export interface ChangesContext {
  api: Api;
  cache: OrderCache;
  environment: Environment;
  fetch: (order: string) => Promise<Order>;
  /** Tells later whether the same person is still here. */
  stay: () => () => boolean;
  /** Reads an order in its turn. */
  read: (id: string) => Promise<void>;
  conflicts: { add: (conflict: OrderConflict) => void; dismiss: (conflict: OrderConflict) => void };
  /** What is pending, or in conflict, changed. */
  onActivity: () => void;
  /** A person did something: they see it at once, and not with the next beat. */
  onAction: () => void;
  /** A change of ours made this version. */
  onOwn: (id: string, version: number) => void;
}

/** Changes of one order run one after the other: each sees the version that the one before it made. */
interface Queue {
  tail: Promise<unknown>;
  /** The version that the first of them was made to. */
  from: number;
  /** The version that the next change of this person expects. */
  expected: number | null;
  length: number;
}

/** The most orders of one request. */
const BULK = 500;
/** Milliseconds within which a change's live event should have come; then the order is read. */
const EVENT_WITHIN = 8000;
const LIVE = "Ordercast-Live-Connections";

export function createChanges({
  api,
  cache,
  environment,
  fetch,
  stay,
  read,
  conflicts,
  onActivity,
  onAction,
  onOwn,
}: ChangesContext) {
  const queues = new Map<string, Queue>();

  async function change(ref: string, wanted: OrderChange, options: ChangeOptions): Promise<ChangeResult> {
    const isHere = stay();
    let base: Order;
    try {
      const known = cache.get(ref) ?? (await fetch(ref));
      if (!isHere()) throw localProblem("aborted", "Whoever asked for this is not signed in any more.");
      base = cache.confirmed(known.id) ?? known;
    } catch (error) {
      return refused(asProblem(error));
    }
    const { id } = base;
    const optimistic: OptimisticChange = { change: wanted, at: new Date(environment.now()).toISOString() };
    cache.applyOptimistic(id, optimistic);
    onActivity();
    onAction();
    const queue = queues.get(id) ?? { tail: Promise.resolve(), from: base.version, expected: base.version, length: 0 };
    queues.set(id, queue);
    queue.length += 1;
    const run = queue.tail.then(() => perform(base, optimistic, queue, options, isHere));
    queue.tail = run;
    const result = await run;
    queue.length -= 1;
    if (queue.length === 0) queues.delete(id);
    return result;
  }

  async function perform(
    base: Order,
    optimistic: OptimisticChange,
    queue: Queue,
    options: ChangeOptions,
    isHere: () => boolean,
  ): Promise<ChangeResult> {
    const { id } = base;
    const { expectedVersion: asked } = options;
    // Whoever saw the version from before their own earlier change saw that change as well.
    const expected = asked === undefined || asked === queue.from ? queue.expected : asked;
    try {
      const { order, live } = await request(id, optimistic.change, expected, options);
      queue.expected = order.version;
      onOwn(id, order.version);
      if (isHere()) cache.put(order);
      return { ok: true, order, live };
    } catch (error) {
      const problem = asProblem(error);
      const theirs = problem.isConflict ? currentOf(problem) : undefined;
      if (theirs === undefined || !isHere()) return refused(problem);
      cache.put(theirs);
      const conflict: OrderConflict = {
        orderId: id,
        attempted: optimistic.change,
        base,
        mine: applyChange(base, optimistic.change, optimistic.at),
        theirs,
        problem,
        retry() {
          conflicts.dismiss(conflict);
          const { idempotencyKey: _, ...rest } = options;
          return change(id, optimistic.change, { ...rest, expectedVersion: theirs.version });
        },
        dismiss: () => conflicts.dismiss(conflict),
      };
      conflicts.add(conflict);
      return { ok: false, reason: "conflict", problem, conflict };
    } finally {
      cache.rollback(id, optimistic);
      onActivity();
    }
  }

  async function request(id: string, wanted: OrderChange, expected: number | null, options: ActionOptions) {
    const init = {
      params: { path: { order: id } },
      headers: headersOf(options, expected),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const answer =
      wanted.type === "status"
        ? await api.PUT("/api/v1/orders/{order}/status", { ...init, body: wanted.body })
        : wanted.type === "delivery"
          ? await api.PUT("/api/v1/orders/{order}/delivery", { ...init, body: wanted.body })
          : await api.POST("/api/v1/orders/{order}/cancel", {
              ...init,
              body: wanted.reason === undefined ? {} : { reason: wanted.reason },
            });
    const live = answer.response.headers.get(LIVE);
    return { order: await unwrap(Promise.resolve(answer)), live: live === null ? null : Number(live) };
  }

  async function bulk(
    refs: readonly string[],
    status: Status,
    options: ActionOptions & { reason?: string; note?: string },
  ): Promise<BulkResult> {
    const { reason, note, signal, idempotencyKey } = options;
    const body = { status, ...(reason === undefined ? {} : { reason }), ...(note === undefined ? {} : { note }) };
    const at = new Date(environment.now()).toISOString();
    const optimisticChanges = new Map<string, { id: string; optimistic: OptimisticChange }>();
    for (const ref of new Set(refs)) {
      const known = cache.get(ref);
      if (known === undefined) continue;
      const optimistic: OptimisticChange = { change: { type: "status", body }, at };
      optimisticChanges.set(ref, { id: known.id, optimistic });
      cache.applyOptimistic(known.id, optimistic);
    }
    onActivity();
    onAction();
    const outcomes: BulkOutcome[] = [];
    const settled = new Set<string>();
    const rollback = (ref: string) => {
      const applied = optimisticChanges.get(ref);
      if (applied === undefined || settled.has(ref)) return;
      settled.add(ref);
      cache.rollback(applied.id, applied.optimistic);
      onActivity();
    };
    try {
      for (let start = 0; start < refs.length; start += BULK) {
        const orders = refs.slice(start, start + BULK);
        const key = idempotencyKey === undefined || start === 0 ? idempotencyKey : `${idempotencyKey}/${start / BULK}`;
        const init = {
          body: { ...body, orders },
          headers: headersOf({ ...(key === undefined ? {} : { idempotencyKey: key }) }, null),
          ...(signal === undefined ? {} : { signal }),
        };
        const answered = await unwrap(api.POST("/api/v1/orders/bulk-status", init)).then(
          (answer) => answer.outcomes,
          (error: unknown) => {
            // What was done before stays done, and is told.
            if (start === 0) throw error;
            const { code, detail } = asProblem(error);
            return refs.slice(start).map((order): BulkOutcome => ({ order, ok: false, code, detail }));
          },
        );
        outcomes.push(...answered);
        for (const outcome of answered) {
          // The outcome says the version and not the whole order: that comes with the event, or is read.
          const id = optimisticChanges.get(outcome.order)?.id;
          if (!outcome.ok || !outcome.version || id === undefined) {
            rollback(outcome.order);
            continue;
          }
          onOwn(id, outcome.version);
          void whenCaughtUp(id, outcome.version).finally(() => rollback(outcome.order));
        }
        if (outcomes.length >= refs.length) break;
      }
    } catch (error) {
      for (const ref of optimisticChanges.keys()) rollback(ref);
      throw error;
    }
    const done = outcomes.filter((outcome) => outcome.ok).length;
    return { outcomes, changed: done, refused: outcomes.length - done };
  }

  /** Waits until an order is known at a version. */
  async function whenCaughtUp(id: string, version: number): Promise<void> {
    const isThere = () => (cache.confirmed(id)?.version ?? version) >= version;
    if (isThere()) return;
    await new Promise<void>((resolve) => {
      const late = environment.setTimeout(done, EVENT_WITHIN);
      const stop = cache.onPut(id, () => {
        if (isThere()) done();
      });
      function done() {
        environment.clearTimeout(late);
        stop();
        resolve();
      }
    });
    if (!isThere()) await read(id);
  }

  return { change, bulk };
}

function headersOf({ idempotencyKey }: ActionOptions, expected: number | null): Record<string, string> {
  return {
    ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
    ...(expected === null ? {} : { "If-Match": `"${expected}"` }),
  };
}

function refused(problem: OrdercastProblem): ChangeResult {
  return { ok: false, reason: problem.isTemporary ? "unreachable" : "refused", problem };
}

function currentOf(problem: OrdercastProblem): Order | undefined {
  const { current } = problem;
  return typeof current === "object" && current !== null && "id" in current && "version" in current
    ? (current as Order)
    : undefined;
}
