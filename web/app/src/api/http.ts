/** What the server refused and why (RFC 9457). Match on `code`; `detail` is written for people. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body["detail"] === "string" ? body["detail"] : `The server answered ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.code = typeof body["code"] === "string" ? body["code"] : "unknown";
    this.body = body;
  }

  /** Which fields broke which rule, by path. */
  get fields(): Map<string, string> {
    const errors: unknown = this.body["errors"];
    const fields = new Map<string, string>();
    if (!Array.isArray(errors)) return fields;
    for (const error of errors as Record<string, unknown>[]) {
      if (typeof error["field"] === "string" && typeof error["message"] === "string") fields.set(error["field"], error["message"]);
    }
    return fields;
  }
}

/** Nobody answered: the network is away, or the server. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The shop cannot be reached right now. Check your connection and try again.", { cause });
    this.name = "Unreachable";
  }
}

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** One request of this page's own server, as its session cookie's owner. */
export async function request<Answer>(method: string, path: string, { body, headers, signal }: RequestOptions = {}): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: { accept: "application/json", ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(error);
  }
  if (response.status === 204) return undefined as Answer;
  const answer: unknown = await response.json().catch(() => ({}));
  // A proxy in front that finds nobody behind it.
  if (!response.ok && response.status >= 502 && response.status <= 504) throw new Unreachable(answer);
  if (!response.ok) throw new Problem(response.status, answer as Record<string, unknown>);
  return answer as Answer;
}

/** What to tell a person about something that went wrong. */
export function messageOf(error: unknown): string {
  return error instanceof Problem || error instanceof Unreachable ? error.message : "Something went wrong. Please try again.";
}
