import { describe, expect, test } from "vitest";
import { createFakeEnvironment, type FakeEnvironment } from "../../tests/support/environment.js";
import { OrdercastProblem } from "../problem.js";
import { createKeys } from "./keys.js";
import { createSend } from "./send.js";
import { createTokenSource } from "./token.js";

const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), { headers: { "content-type": "application/json" }, ...init });
const busy = (retryAfter: number) =>
  json({ code: "busy", status: 503, title: "", detail: "", retryAfter }, { status: 503 });

function setUp(answers: (() => Response)[], token?: string | (() => string)) {
  const environment: FakeEnvironment = createFakeEnvironment();
  const sent: { key: string | null; token: string | null }[] = [];
  const signedOut: string[] = [];
  environment.fetch = async (input) => {
    const request = new Request(input);
    sent.push({ key: request.headers.get("Idempotency-Key"), token: request.headers.get("Authorization") });
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("fetch failed");
    return answer();
  };
  let made = 0;
  const send = createSend({
    environment,
    token: createTokenSource(token),
    keys: createKeys(() => `key-${(made += 1)}`),
    timeoutMs: 1000,
    onSignedOut: (problem) => signedOut.push(problem.code),
  });
  return {
    environment,
    sent,
    signedOut,
    send,
    place: () => send(new Request("http://shop.example/api/v1/orders", { method: "POST", body: "{}" })),
  };
}

async function problemOf(run: Promise<unknown>): Promise<OrdercastProblem> {
  const problem = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(problem instanceof OrdercastProblem)) throw new Error("no problem");
  return problem;
}

describe("a request", () => {
  test("has an idempotency key also where the base path looks like a path without one", async () => {
    const { sent, send } = setUp([() => json({}), () => json({})]);
    for (const path of ["/users/shop/api/v1/orders", "/users/shop/api/v1/users/7/reset-link"])
      await send(new Request(`http://site.example${path}`, { method: "POST", body: "{}" }));
    expect(sent.map(({ key }) => key)).toEqual(["key-1", null]);
  });

  test("keeps its idempotency key over all attempts until its outcome is known", async () => {
    const { environment, sent, place } = setUp([]);
    const first = problemOf(place());
    await environment.advance(5000);
    expect(await first).toMatchObject({ code: "network", status: 0, isTemporary: true });
    expect(sent.map(({ key }) => key)).toEqual(["key-1", "key-1", "key-1"]);
    const second = problemOf(place());
    await environment.advance(5000);
    await second;
    expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(["key-1"]));
  });

  test("a token source that fails is a temporary problem, and actions try it again", async () => {
    const expired = () => json({ code: "token_expired", status: 401, title: "", detail: "" }, { status: 401 });
    let calls = 0;
    const tokens = () => {
      calls += 1;
      if (calls === 2) throw new Error("the token source is down");
      return `token-${calls}`;
    };
    const placing = setUp([expired, () => json({})], tokens);
    const placed = placing.place();
    await placing.environment.advance(400);
    expect((await placed).status).toBe(200);
    expect(placing.sent).toEqual([
      { key: "key-1", token: "Bearer token-1" },
      { key: "key-1", token: "Bearer token-3" },
    ]);
    calls = 0;
    const reading = setUp([expired], tokens);
    const problem = await problemOf(reading.send(new Request("http://shop.example/api/v1/orders")));
    expect(problem).toMatchObject({ code: "network", isTemporary: true });
    expect(reading.signedOut).toEqual([]);
  });

  test("after a known outcome, also a refusal, the same request gets a new key", async () => {
    const { sent, place } = setUp([
      () => json({}),
      () => json({ code: "out_of_stock", status: 409, title: "", detail: "" }, { status: 409 }),
      () => json({}),
    ]);
    await place();
    await problemOf(place());
    await place();
    expect(sent.map(({ key }) => key)).toEqual(["key-1", "key-2", "key-3"]);
  });

  test("waits as long as the server asks, up to a limit", async () => {
    const short = setUp([() => busy(2), () => json({})]);
    const run = short.place();
    await short.environment.advance(1900);
    expect(short.sent).toHaveLength(1);
    await short.environment.advance(200);
    expect((await run).ok).toBe(true);
    const long = setUp([() => busy(60)]);
    expect(await problemOf(long.place())).toMatchObject({ code: "busy", status: 503, retryAfterMs: 60_000 });
  });

  test("a read is not repeated when the server is unreachable", async () => {
    const { sent, send } = setUp([]);
    await problemOf(send(new Request("http://shop.example/api/v1/orders")));
    expect(sent).toEqual([{ key: null, token: null }]);
  });

  test("a sign-in is sent once", async () => {
    const { sent, send } = setUp([]);
    await problemOf(send(new Request("http://shop.example/api/v1/auth/login", { method: "POST", body: "{}" })));
    expect(sent).toEqual([{ key: null, token: null }]);
  });

  test("without a response fails after the timeout", async () => {
    const { environment, send } = setUp([]);
    environment.fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    const run = problemOf(send(new Request("http://shop.example/api/v1/orders")));
    await environment.advance(1000);
    expect(await run).toMatchObject({ code: "timeout", isTemporary: true });
    const abort = new AbortController();
    const given = problemOf(send(new Request("http://shop.example/api/v1/orders", { signal: abort.signal })));
    await environment.advance(1);
    abort.abort();
    expect(await given).toMatchObject({ code: "aborted", isTemporary: false });
  });

  test("an expired token is renewed once", async () => {
    let calls = 0;
    const expired = () => json({ code: "token_expired", status: 401, title: "", detail: "" }, { status: 401 });
    const { sent, signedOut, send } = setUp([expired, () => json({}), expired, expired], () => `token-${(calls += 1)}`);
    await send(new Request("http://shop.example/api/v1/orders"));
    expect(sent.map(({ token }) => token).slice(0, 2)).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(signedOut).toEqual([]);
    await problemOf(send(new Request("http://shop.example/api/v1/orders")));
    expect(signedOut).toEqual(["token_expired"]);
  });

  test("a response that is not from Ordercast is recognized", async () => {
    const page = () => new Response("<html>", { headers: { "content-type": "text/html" } });
    const { send } = setUp([
      page,
      () => new Response("no", { status: 502 }),
      () => new Response("no", { status: 403 }),
    ]);
    const codes = [];
    for (let times = 0; times < 3; times += 1)
      codes.push((await problemOf(send(new Request("http://shop.example/api/v1/orders")))).code);
    expect(codes).toEqual(["unexpected_answer", "network", "unexpected_answer"]);
  });

  test("a problem has the invalid fields and the current state", () => {
    const problem = new OrdercastProblem({
      code: "version_conflict",
      status: 412,
      title: "",
      detail: "Look",
      errors: [{ field: "a", message: "b" }, 7],
      current: { id: 1 },
    });
    expect(problem).toMatchObject({
      errors: [{ field: "a", message: "b" }],
      current: { id: 1 },
      isConflict: true,
      isSignedOut: false,
      message: "Look",
    });
  });
});
