// Server-sent events, read with fetch: `EventSource` cannot send a token and does not report why it was refused.

import { createFrameReader, type Frame } from "./frames.js";
import { fromStream } from "./incoming.js";
import type { components } from "./schema.js";
import {
  type TransportClosed,
  CONNECT_TIMEOUT_MS,
  type OpenTransport,
  refusal,
  type TransportListener,
  type TransportContext,
} from "./transport.js";

type Wire = components["schemas"];

/** Milliseconds of silence after which the stream counts as dead: two heartbeats and a margin. */
const SILENCE_TIMEOUT_MS = 60_000;

export const openStream: OpenTransport = (context, listener) => {
  const { environment } = context;
  const abort = new AbortController();
  let isClosed = false;
  let watch = environment.setTimeout(
    () => end({ code: "timeout", message: "The stream did not open in time.", next: "blocked" }),
    CONNECT_TIMEOUT_MS,
  );

  function end(closed: TransportClosed | undefined): void {
    if (isClosed) return;
    isClosed = true;
    environment.clearTimeout(watch);
    abort.abort();
    if (closed !== undefined) listener.closed(closed);
  }

  function activity(): void {
    environment.clearTimeout(watch);
    watch = environment.setTimeout(
      () => end({ code: "silence", message: "The stream was silent for a minute.", next: "retry" }),
      SILENCE_TIMEOUT_MS,
    );
  }

  read(context, abort.signal, (frame) => {
    if (isClosed) return;
    activity();
    const closed = take(frame, listener);
    if (closed !== undefined) end(closed);
  })
    .then((closed) => end(closed))
    .catch((error: unknown) =>
      end({ code: "network", message: error instanceof Error ? error.message : String(error), next: "retry" }),
    );

  return { close: () => end(undefined) };
};

/** Reads until the stream ends, and returns why it ended. */
async function read(
  context: TransportContext,
  signal: AbortSignal,
  take: (frame: Frame) => void,
): Promise<TransportClosed> {
  const { environment, liveUrl, token, credentials } = context;
  const bearer = await token.get(false);
  const cursor = context.cursor();
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (bearer !== null) headers["Authorization"] = `Bearer ${bearer}`;
  if (cursor !== null) headers["Last-Event-ID"] = cursor;
  const response = await environment.fetch(`${liveUrl}/api/v1/stream`, {
    headers,
    credentials,
    signal,
    cache: "no-store",
  });
  if (!response.ok) return refused(response);
  if (response.body === null || response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
    return { code: "unexpected_answer", message: "The response is not an event stream.", next: "blocked" };
  }
  const reader = response.body.getReader();
  const text = new TextDecoder();
  const frames = createFrameReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { code: "ended", message: "The stream ended.", next: "retry" };
    for (const frame of frames.push(text.decode(value, { stream: true }))) take(frame);
  }
}

async function refused(response: Response): Promise<TransportClosed> {
  const body = (await response.json().catch(() => ({}))) as Partial<Record<"code" | "detail" | "retryAfter", unknown>>;
  const code = typeof body.code === "string" ? body.code : `status_${response.status}`;
  const message =
    typeof body.detail === "string" ? body.detail : `The stream was refused with status ${response.status}.`;
  const closed = refusal(code, message, typeof body.retryAfter === "number" ? body.retryAfter * 1000 : undefined);
  // The refusal is not the server's: a proxy will refuse the same request again.
  return typeof body.code === "string" ? closed : { ...closed, next: "blocked" };
}

/** Processes one frame. Returns why the stream is over, if it is. */
function take(frame: Frame, listener: TransportListener): TransportClosed | undefined {
  const payload: unknown = JSON.parse(frame.data);
  listener.message(frame.event, payload);
  if (frame.event === "connected") {
    const { cursor, head, recovered } = payload as Wire["Connected"];
    listener.opened({ cursor, head, recovered });
  } else if (frame.event === "reconnect") {
    const { code, reason, afterMs } = payload as Wire["Reconnect"];
    const message = `The server closed the stream (${code}).`;
    return afterMs == null ? { code: reason, message, next: "signed-out" } : refusal(reason, message, afterMs);
  } else {
    const incoming = fromStream(frame.event, payload, frame.hasId ? frame.id : null);
    if (incoming === undefined) listener.activity();
    else listener.incoming(incoming);
  }
  return undefined;
}
