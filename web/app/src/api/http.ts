import { OrdercastProblem } from "@ordercast/client";

/** What to tell a person about something that went wrong. */
export function messageOf(error: unknown): string {
  return error instanceof OrdercastProblem ? error.detail : "Something went wrong. Please try again.";
}

/** Whether what was asked for can have happened all the same: no answer came, or one of a server in trouble. */
export function mayHaveHappened(error: unknown): boolean {
  return !(error instanceof OrdercastProblem) || error.status < 400 || error.status === 408 || error.status >= 500;
}

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal;
}

/** One request of this page's own server, for what is asked before there is a client. Throws `OrdercastProblem`. */
export async function request<Answer>(
  method: string,
  path: string,
  { body, signal }: RequestOptions = {},
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    credentials: "same-origin",
    headers: { accept: "application/json", ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new OrdercastProblem(
      {
        code: "network",
        status: 0,
        title: "The server cannot be reached",
        detail: "The server cannot be reached right now. Check your connection and try again.",
      },
      { cause },
    );
  });
  if (response.status === 204) return undefined as Answer;
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as Answer;
  throw new OrdercastProblem({
    code: "unexpected_answer",
    status: response.status,
    title: "Refused",
    detail: `The server answered ${response.status}.`,
    ...(answer as object),
  });
}
