// What went wrong, in one type: the server's problems (RFC 9457), and the failures on the way to it.

import type { components } from "./api/schema.js";

type Wire = components["schemas"]["Problem"];

/** Codes of failures that did not come from the server. */
export type LocalCode =
  /** Nobody answered: no network, the server is away, or a browser's rule about origins. */
  | "network"
  /** The answer did not come in time. */
  | "timeout"
  /** Whatever answered was not Ordercast: a proxy, a login page. */
  | "unexpected_answer"
  /** The client was closed, or somebody signed out meanwhile. */
  | "aborted";

export interface FieldError {
  /** Path of the field, such as `items[0].quantity`. */
  field: string;
  /** The rule it broke. */
  message: string;
}

/**
 * Thrown by every request that did not succeed. Match on `code`, show `detail`.
 *
 * The codes are those of the API's description at `/docs`, and {@handle LocalCode}.
 */
export class OrdercastProblem extends Error {
  override readonly name = "OrdercastProblem";
  /** Stable. */
  readonly code: string;
  /** The HTTP status; 0 when nobody answered. */
  readonly status: number;
  /** The kind of problem, in a few words. */
  readonly title: string;
  /** What happened this time and what to do about it, for the person. */
  readonly detail: string;
  /** Which fields broke which rule. */
  readonly errors: readonly FieldError[];
  /** What the resource is now, where the server said so: the order of a `version_conflict`. */
  readonly current: unknown;
  /** After how many milliseconds another attempt makes sense, where that is known. */
  readonly retryAfterMs: number | undefined;
  /** Everything the server sent. */
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

  /** Whether the same request may well succeed later: nobody answered, or the server had too much to do. */
  get isTemporary(): boolean {
    return this.status === 0
      ? this.code !== "aborted"
      : this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Whether somebody else changed it first (409 or 412, code `version_conflict`). */
  get isConflict(): boolean {
    return this.code === "version_conflict";
  }

  /** Whether one has to sign in (again). */
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

const TITLES: Record<LocalCode, string> = {
  network: "The server cannot be reached",
  timeout: "The server took too long",
  unexpected_answer: "That was not Ordercast's answer",
  aborted: "The request was given up",
};
