import { OrdercastProblem } from "@ordercast/client";

/** The message to show for an error. */
export function messageOf(error: unknown): string {
  return error instanceof OrdercastProblem ? error.detail : "Something went wrong. Please try again.";
}

/** Whether the request may have taken effect although it failed: there was no response, or a server error. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof OrdercastProblem) || error.status < 400 || error.status === 408 || error.status >= 500;
}

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal;
}

/** A request to the page's own server, for use before the client exists. Throws `OrdercastProblem`. */
export async function request<Body>(
  method: string,
  path: string,
  { body, signal }: RequestOptions = {},
): Promise<Body> {
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
        detail: "Check your connection and try again.",
      },
      { cause },
    );
  });
  if (response.status === 204) return undefined as Body;
  const payload: unknown = await response.json().catch(() => ({}));
  if (response.ok) return payload as Body;
  throw new OrdercastProblem({
    code: "unexpected_answer",
    status: response.status,
    title: "Request failed",
    detail: `The server answered with status ${response.status}.`,
    ...(payload as object),
  });
}
