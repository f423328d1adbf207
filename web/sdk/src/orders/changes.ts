// Changes that people make to orders: shown at once, rolled back when refused, and never lost in a conflict.

import { unwrap } from "../api/http.js";
import type { Order } from "../model.js";
import { asProblem, type OrdercastProblem } from "../problem.js";
import { applyChange } from "./apply.js";
import { createBulkChange } from "./bulk.js";
import type { OptimisticChange } from "./cache.js";
import { assertSamePerson, type ChangesContext, headersOf } from "./changesContext.js";
import type { ActionOptions, ChangeOptions, ChangeResult, OrderChange, OrderConflict } from "./contract.js";

/** Changes of one order run one after the other, each against the version that the previous one made. */
interface Queue {
  tail: Promise<unknown>;
  /** The version that the first change was made to. */
  from: number;
  /** The version that the next change expects. */
  expected: number | null;
  length: number;
}

/** The response header with the number of the customer's live connections. */
const LIVE_HEADER = "Ordercast-Live-Connections";

export function createChanges(context: ChangesContext) {
  const { api, cache, environment, fetch, guard, conflicts, onActivity, onAction, onOwn } = context;
  const queues = new Map<string, Queue>();

  async function change(ref: string, wanted: OrderChange, options: ChangeOptions): Promise<ChangeResult> {
    const isSamePerson = guard();
    let base: Order;
    try {
      const known = cache.get(ref) ?? (await fetch(ref));
      assertSamePerson(isSamePerson);
      base = cache.confirmed(known.id) ?? known;
    } catch (error) {
      return refused(asProblem(error));
    }
    const { id } = base;
    const optimistic: OptimisticChange = { change: wanted, at: new Date(environment.now()).toISOString() };
    cache.applyOptimistic(id, optimistic);
    onAction([id]);
    const queue = queues.get(id) ?? { tail: Promise.resolve(), from: base.version, expected: base.version, length: 0 };
    queues.set(id, queue);
    queue.length += 1;
    const run = queue.tail.then(() => perform(base, optimistic, queue, options, isSamePerson));
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
    isSamePerson: () => boolean,
  ): Promise<ChangeResult> {
    const { id } = base;
    const { expectedVersion: requested } = options;
    // A person who saw the version before their own previous change saw that change as well.
    const expected = requested === undefined || requested === queue.from ? queue.expected : requested;
    try {
      assertSamePerson(isSamePerson);
      const { order, live } = await request(id, optimistic.change, expected, options);
      queue.expected = order.version;
      if (isSamePerson()) {
        onOwn(id, order.version);
        cache.put(order);
      }
      return { ok: true, order, live };
    } catch (error) {
      const problem = asProblem(error);
      const theirs = problem.isConflict ? currentOf(problem) : undefined;
      if (theirs === undefined || !isSamePerson()) return refused(problem);
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
    const live = answer.response.headers.get(LIVE_HEADER);
    return { order: await unwrap(Promise.resolve(answer)), live: live === null ? null : Number(live) };
  }

  return { change, changeMany: createBulkChange(context) };
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
