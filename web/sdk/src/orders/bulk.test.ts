import { describe, expect, test } from "vitest";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { makeOrder } from "../../tests/support/orders.js";
import { createApi } from "../api/http.js";
import type { BulkOutcome } from "../model.js";
import { localProblem, OrdercastProblem } from "../problem.js";
import { createBulkChange } from "./bulk.js";
import { createCache } from "./cache.js";

type Answer = (orders: string[]) => BulkOutcome[];

const done: Answer = (orders) => orders.map((order) => ({ order, ok: true, version: 2 }));
const busy: Answer = () => {
  throw new OrdercastProblem({ code: "busy", status: 503, title: "", detail: "Busy", retryAfter: 30 });
};

function setUp(answers: Answer[], isSamePerson = () => true) {
  const environment = createFakeEnvironment();
  const cache = createCache(() => undefined);
  const sizes: number[] = [];
  const api = createApi("http://shop.example", "omit", async (request) => {
    const { orders } = (await request.json()) as { orders: string[] };
    sizes.push(orders.length);
    return Response.json({ outcomes: (answers.shift() ?? done)(orders) });
  });
  const changeMany = createBulkChange({
    api,
    cache,
    environment,
    fetch: () => Promise.reject(new Error("not used")),
    guard: () => isSamePerson,
    read: () => Promise.resolve(),
    conflicts: { add: () => undefined, dismiss: () => undefined },
    onActivity: () => undefined,
    onAction: () => undefined,
    onOwn: () => undefined,
  });
  return { environment, cache, sizes, changeMany };
}

const names = (count: number) => Array.from({ length: count }, (_, at) => String(10_000 + at));

describe("one status for many orders", () => {
  test("takes 500 orders per request and reports progress", async () => {
    const { sizes, changeMany } = setUp([]);
    const progress: number[] = [];
    const result = await changeMany(names(1201), "shipped", {
      onProgress: (outcomes) => progress.push(outcomes.length),
    });
    expect(sizes).toEqual([500, 500, 201]);
    expect(progress).toEqual([500, 1000, 1201]);
    expect(result).toMatchObject({ changed: 1201, refused: 0 });
    expect(result.outcomes.map(({ order }) => order)).toEqual(names(1201));
  });

  test("waits as long as a busy server asks, and continues after a request that keeps failing", async () => {
    const { environment, sizes, changeMany } = setUp([busy, busy, done, busy, busy, busy, busy, busy, busy, done]);
    const run = changeMany(names(1001), "shipped", {});
    await environment.advance(10 * 60_000);
    const { outcomes, changed } = await run;
    expect(sizes).toEqual([500, 500, 500, 500, 500, 500, 500, 500, 500, 1]);
    expect(changed).toBe(501);
    expect(outcomes[500]).toEqual({ order: "10500", ok: false, code: "busy", detail: "Busy" });
  });

  test("gives every order an outcome, and throws where no request succeeds", async () => {
    const partial = setUp([(orders) => done(orders.slice(1))]);
    const { outcomes } = await partial.changeMany(["a", "b"], "shipped", {});
    expect(outcomes.map(({ order, ok }) => [order, ok])).toEqual([
      ["a", false],
      ["b", true],
    ]);
    const failing = setUp([
      () => {
        throw localProblem("network", "Unreachable");
      },
    ]);
    failing.cache.put(makeOrder(1));
    const run = failing.changeMany(["10001"], "shipped", {});
    expect(failing.cache.get("10001")?.status).toBe("shipped");
    await expect(run).rejects.toMatchObject({ code: "network" });
    expect(failing.cache.get("10001")?.status).toBe("pending");
  });

  test("rolls back what was not sent when it is aborted, or when the person signs out", async () => {
    const abort = new AbortController();
    let isHere = true;
    for (const [interrupt, options] of [
      [() => abort.abort(), { signal: abort.signal }],
      [() => (isHere = false), {}],
    ] as const) {
      const { cache, sizes, changeMany } = setUp([], () => isHere);
      for (let n = 1; n <= 600; n += 1) cache.put(makeOrder(n));
      const ids = [...cache.values()].map(({ id }) => id);
      const { outcomes } = await changeMany(ids, "shipped", { ...options, onProgress: interrupt });
      expect(sizes).toEqual([500]);
      expect(outcomes).toHaveLength(600);
      expect(outcomes[599]).toMatchObject({ ok: false, code: "aborted" });
      expect(cache.get(makeOrder(600).id)?.status).toBe("pending");
    }
  });
});
