// Socket.IO, dialect `standard`, over WebSocket or long polling.

import type { Socket } from "socket.io-client";
import { localProblem, OrdercastProblem } from "../problem.js";
import { fromSocket } from "./incoming.js";
import type { components } from "./schema.js";
import {
  type TransportClosed,
  CONNECT_TIMEOUT_MS,
  type TransportHandle,
  type OpenTransport,
  refusal,
  type TransportContext,
} from "./transport.js";

type Wire = components["schemas"];

const RESPONSE_TIMEOUT_MS = 10_000;

/** WebSocket close codes, as in docs/events.md. */
const CLOSED: Record<number, TransportClosed> = {
  4001: { code: "shutting_down", message: "The server is restarting.", next: "retry", afterMs: 500 },
  4002: { code: "token_expired", message: "The token has expired.", next: "refresh" },
  4003: { code: "unavailable", message: "The server is not ready.", next: "retry", afterMs: 3000 },
  4004: { code: "too_many_connections", message: "Too many live connections.", next: "retry", afterMs: 3000 },
  4005: { code: "rate_limited", message: "Too many messages.", next: "retry", afterMs: 3000 },
  4501: { code: "session_ended", message: "The session has ended.", next: "signed-out" },
};

export const openSocket: OpenTransport = (context, listener) => {
  let socket: Socket | undefined;
  let isClosed = false;
  const { environment } = context;
  const late = environment.setTimeout(
    () => end({ code: "timeout", message: "The socket did not open in time.", next: "blocked" }),
    CONNECT_TIMEOUT_MS,
  );

  function end(closed: TransportClosed | undefined): void {
    if (isClosed) return;
    isClosed = true;
    environment.clearTimeout(late);
    socket?.offAny();
    socket?.disconnect();
    if (closed !== undefined) listener.closed(closed);
  }

  connect(context)
    .then((made) => {
      if (isClosed) {
        made.disconnect();
        return;
      }
      socket = made;
      made.onAny((name: string, ...args: unknown[]) => {
        if (isClosed) return;
        const [payload] = args;
        // Log events end with their cursor.
        const last = args.length > 1 ? args[args.length - 1] : undefined;
        listener.message(name, payload);
        if (name === "connected") {
          environment.clearTimeout(late);
          const { cursor, head, recovered } = payload as Wire["Connected"];
          listener.opened({ cursor, head, recovered });
          return;
        }
        const incoming = fromSocket(name, payload, typeof last === "string" ? last : null);
        if (incoming === undefined) listener.activity();
        else listener.incoming(incoming);
      });
      made.on("connect_error", (error: Error & { data?: { code?: unknown } }) => {
        const code = error.data?.code;
        if (typeof code === "string") end(refusal(code, error.message));
        else end({ code: "connect_error", message: error.message, next: "retry" });
      });
      made.on("disconnect", (reason, details) => end(closedBy(reason, details)));
      made.connect();
    })
    .catch((error: unknown) => {
      const { code, detail } =
        error instanceof OrdercastProblem
          ? error
          : localProblem("network", "The Socket.IO client could not be loaded.", error);
      end({ code, message: detail, next: "blocked" });
    });

  const handle: TransportHandle = {
    close: () => end(undefined),
    ask(name, argument) {
      if (isClosed || socket?.connected !== true)
        return Promise.reject(localProblem("network", "There is no live connection."));
      return socket
        .timeout(RESPONSE_TIMEOUT_MS)
        .emitWithAck(name, argument)
        .then(acknowledged, (error: unknown) => {
          throw localProblem("timeout", "The server did not acknowledge in time.", error);
        });
    },
  };
  return handle;
};

async function connect({ liveUrl, token, credentials, cursor }: TransportContext): Promise<Socket> {
  // Loaded in parallel with the page's own first requests.
  const { io } = await import("socket.io-client");
  const bearer = await token.get(false);
  const { origin, pathname } = new URL(liveUrl);
  // A path in the URL would be a namespace.
  return io(origin, {
    path: `${pathname.replace(/\/$/, "")}/socket.io/`,
    autoConnect: false,
    forceNew: true,
    // connection.ts decides when to reconnect, and with which transport.
    reconnection: false,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    timeout: CONNECT_TIMEOUT_MS,
    withCredentials: credentials === "include",
    query: { dialect: "standard" },
    auth: { ...(bearer === null ? {} : { token: bearer }), cursor: cursor() ?? "" },
  });
}

function closedBy(reason: string, details: unknown): TransportClosed {
  const context = typeof details === "object" && details !== null && "context" in details ? details.context : undefined;
  const code = typeof context === "object" && context !== null && "code" in context ? context.code : undefined;
  const known = typeof code === "number" ? CLOSED[code] : undefined;
  // An unmodified client treats a DISCONNECT packet as final: the person has to sign in.
  if (known === undefined && reason === "io server disconnect") {
    return { code: "session_ended", message: "The server ended the connection.", next: "signed-out" };
  }
  return known ?? { code: reason, message: "The live connection was lost.", next: "retry" };
}

/** HTTP statuses of these codes; acknowledgements carry none. */
const STATUS: Record<string, number> = {
  forbidden: 403,
  order_not_found: 404,
  rate_limited: 429,
  busy: 503,
  internal: 500,
};

/** The acknowledgement, or the refusal thrown as a problem. */
function acknowledged(answer: unknown): unknown {
  const { ok, error } = (answer ?? {}) as { ok?: unknown; error?: { code: string; message: string } };
  if (ok !== false || error === undefined) return answer;
  throw new OrdercastProblem({
    code: error.code,
    status: STATUS[error.code] ?? 400,
    title: "Refused",
    detail: error.message,
  });
}
