// One request: credentials, retries, and either the response or the problem that is thrown.

import type { Environment } from "../core/environment.js";
import { localProblem, OrdercastProblem } from "../problem.js";
import type { IdempotencyKeys } from "./keys.js";
import type { TokenSource } from "./token.js";

export interface Sending {
  environment: Environment;
  token: TokenSource;
  keys: IdempotencyKeys;
  timeoutMs: number;
  /** The server answered that nobody is signed in. */
  onSignedOut: (problem: OrdercastProblem) => void;
}

export type Send = (request: Request) => Promise<Response>;

/** Milliseconds before the second and the third attempt. */
const RETRY_DELAYS_MS = [400, 1200];
/** The longest `retryAfter` in milliseconds that is waited for here; longer ones are reported to the caller. */
const MAX_RETRY_AFTER_MS = 5000;

export function createSend({ environment, token, keys, timeoutMs, onSignedOut }: Sending): Send {
  return async (request) => {
    const action = await actionOf(request);
    if (action !== undefined) request.headers.set("Idempotency-Key", keys.take(action));
    // Reads and requests with a key can be repeated. A sign-in counts as an attempt, so it is sent once.
    const isRepeatable = request.method === "GET" || request.headers.has("Idempotency-Key");
    let isFresh = false;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await attemptOf(request, isFresh);
        if (action !== undefined) keys.settle(action);
        return response;
      } catch (error) {
        let problem = asProblem(error, request.signal);
        try {
          if (await token.isWorthAnother(problem, isFresh)) {
            isFresh = true;
            continue;
          }
        } catch (noToken) {
          // The token source failed. That is not a reason to sign in again.
          problem = asProblem(noToken, request.signal);
        }
        const pause = isRepeatable ? retryDelay(problem, attempt, request.method) : undefined;
        if (pause === undefined) {
          if (action !== undefined && !problem.isTemporary && problem.code !== "aborted") keys.settle(action);
          if (problem.isSignedOut) onSignedOut(problem);
          throw problem;
        }
        await sleep(pause, request.signal);
      }
    }
  };

  async function attemptOf(original: Request, isFresh: boolean): Promise<Response> {
    // A body can be sent once, so each attempt sends a copy.
    const request = original.clone();
    const bearer = await token.get(isFresh);
    if (bearer !== null) request.headers.set("Authorization", `Bearer ${bearer}`);
    const limit = new AbortController();
    const timer = environment.setTimeout(
      () => limit.abort(localProblem("timeout", "The server did not answer in time. Try again.")),
      timeoutMs,
    );
    const giveUp = () => limit.abort(request.signal.reason);
    request.signal.addEventListener("abort", giveUp);
    if (request.signal.aborted) giveUp();
    try {
      const response = await environment.fetch(request, { signal: limit.signal });
      if (!response.ok && response.status !== 304) throw await problemOf(response);
      if (response.headers.get("content-type")?.startsWith("text/html") === true) throw unexpected(response);
      return response;
    } catch (error) {
      throw limit.signal.reason instanceof OrdercastProblem ? limit.signal.reason : error;
    } finally {
      environment.clearTimeout(timer);
      request.signal.removeEventListener("abort", giveUp);
    }
  }

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        environment.clearTimeout(timer);
        reject(asProblem(signal.reason, signal));
      };
      const timer = environment.setTimeout(() => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      }, ms);
      signal.addEventListener("abort", giveUp, { once: true });
      if (signal.aborted) giveUp();
    });
  }
}

/** Milliseconds before the next attempt; undefined where another attempt is no use. */
function retryDelay(problem: OrdercastProblem, attempt: number, method: string): number | undefined {
  const pause = RETRY_DELAYS_MS[attempt];
  if (pause === undefined || !problem.isTemporary) return undefined;
  if (problem.retryAfterMs !== undefined)
    return problem.retryAfterMs <= MAX_RETRY_AFTER_MS ? Math.max(problem.retryAfterMs, pause) : undefined;
  // Pages retry failed reads themselves. A person who pressed a button should not have to.
  return method === "GET" ? undefined : pause;
}

/** Identifies the action behind a request; undefined for requests that need no key. */
async function actionOf(request: Request): Promise<string | undefined> {
  if (request.method === "GET" || request.method === "HEAD" || request.headers.has("Idempotency-Key")) return undefined;
  const { pathname } = new URL(request.url);
  if (/\/api\/v1\/(auth|users|notifications)\//.test(pathname)) return undefined;
  return `${request.method} ${pathname} ${request.headers.get("If-Match") ?? ""} ${await request.clone().text()}`;
}

async function problemOf(response: Response): Promise<OrdercastProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || !("code" in body)) return unexpected(response);
  return new OrdercastProblem({
    ...(body as ConstructorParameters<typeof OrdercastProblem>[0]),
    status: response.status,
  });
}

/** A proxy error, or a page that is not Ordercast. */
function unexpected(response: Response): OrdercastProblem {
  if (response.status >= 502 && response.status <= 504)
    return localProblem("network", "The server cannot be reached. Try again.");
  return localProblem("unexpected_answer", `The response is not from Ordercast (status ${response.status}).`);
}

function asProblem(error: unknown, signal: AbortSignal): OrdercastProblem {
  if (error instanceof OrdercastProblem) return error;
  if (signal.aborted) return localProblem("aborted", "The request was aborted.", error);
  return localProblem("network", "The server cannot be reached. Check your connection and try again.", error);
}
