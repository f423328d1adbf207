// One error type: problems from the server (RFC 9457), and failures before a response arrived.

import type { components } from "./api/schema.js";

type Wire = components["schemas"]["Problem"];

/** Codes of failures that did not come from the server. */
export type LocalCode =
  /** No response: no network, the server is down, or the browser's CORS rules. */
  | "network"
  /** The response did not arrive in time. */
  | "timeout"
  /** The response is not from Ordercast: a proxy or a login page. */
  | "unexpected_answer"
  /** The client was closed, or the person signed out meanwhile. */
  | "aborted";

export interface FieldError {
  /** Path of the field, such as `items[0].quantity`. */
  field: string;
  /** What is wrong with it. */
  message: string;
}

/**
 * Thrown by every request that fails. Match on `code`, show `detail`.
 *
 * Codes are listed in the API reference at `/docs`, and in {@link LocalCode}.
 */
export class OrdercastProblem extends Error {
  override readonly name = "OrdercastProblem";
  /** Stable across versions. */
  readonly code: string;
  /** The HTTP status; 0 when there was no response. */
  readonly status: number;
  /** The kind of problem, in a few words. */
  readonly title: string;
  /** What happened and what the person can do about it. */
  readonly detail: string;
  /** The invalid fields. */
  readonly errors: readonly FieldError[];
  /** The current state of the resource, where the server sent it: the order of a `version_conflict`. */
  readonly current: unknown;
  /** Milliseconds after which to try again, where known. */
  readonly retryAfterMs: number | undefined;
  /** The whole response body. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(
    problem: Pick<Wire, "code" | "status" | "title" | "detail"> & Record<string, unknown>,
    options?: ErrorOptions,
  ) {
    super(problem.detail, options);
    this.code = problem.code;
    this.status = problem.status;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = fieldErrors(problem["errors"]);
    this.current = problem["current"];
    const seconds = problem["retryAfter"];
    this.retryAfterMs = typeof seconds === "number" && Number.isFinite(seconds) ? seconds * 1000 : undefined;
    this.body = problem;
  }

  /** Whether the same request may succeed later: no response, or an overloaded server. */
  get isTemporary(): boolean {
    return this.status === 0
      ? this.code !== "aborted"
      : this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Whether somebody else changed the resource first (409 or 412, code `version_conflict`). */
  get isConflict(): boolean {
    return this.code === "version_conflict";
  }

  /** Whether the person has to sign in again. */
  get isSignedOut(): boolean {
    return this.status === 401 && this.code !== "invalid_credentials";
  }
}

function fieldErrors(value: unknown): readonly FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { field, message } = entry as Record<string, unknown>;
    return typeof field === "string" && typeof message === "string" ? [{ field, message }] : [];
  });
}

/** A failure on this side of the network, as a problem. */
export function localProblem(code: LocalCode, detail: string, cause?: unknown): OrdercastProblem {
  return new OrdercastProblem({ code, status: 0, title: TITLES[code], detail }, { cause });
}

export function asProblem(error: unknown): OrdercastProblem {
  return error instanceof OrdercastProblem ? error : localProblem("unexpected_answer", String(error), error);
}

const TITLES: Record<LocalCode, string> = {
  network: "The server cannot be reached",
  timeout: "The server took too long",
  unexpected_answer: "Unexpected response",
  aborted: "The request was aborted",
};
