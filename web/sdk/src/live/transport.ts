// The interface of the three transports.

import type { Environment } from "../core/environment.js";
import type { TokenSource } from "../api/token.js";
import type { Order } from "../model.js";
import type { TransportName } from "./events.js";
import type { IncomingMessage } from "./incoming.js";

/** Why a connection ended or could not be opened. */
export interface TransportClosed {
  code: string;
  message: string;
  next: /** Reconnect. */
    | "retry"
    /** Reconnect with a new token. */
    | "refresh"
    /** Reconnecting is no use before signing in. */
    | "signed-out"
    /** The transport did not open in time and may be blocked. */
    | "blocked";
  /** The delay that the server asked for, in milliseconds. */
  afterMs?: number;
}

export interface TransportOpened {
  /** Where the stream begins in the log; null where the transport has no cursors. */
  cursor: string | null;
  /** The end of the log at that time: events up to here were missed. Null where the transport has no cursors. */
  head: string | null;
  recovered: boolean;
}

/** Receives what a transport reports: `opened` at most once, then messages, then `closed` once unless `close` was called. */
export interface TransportListener {
  opened: (opened: TransportOpened) => void;
  incoming: (incoming: IncomingMessage) => void;
  /** Every message as it arrived. */
  message: (name: string, payload: unknown) => void;
  /** A sign of life without content. */
  activity: () => void;
  closed: (closed: TransportClosed) => void;
}

export interface TransportHandle {
  close: () => void;
  /** Sends a request and waits for its acknowledgement, where the transport supports it. */
  ask?: (name: string, argument: unknown) => Promise<unknown>;
}

export interface TransportContext {
  environment: Environment;
  baseUrl: string;
  liveUrl: string;
  credentials: RequestCredentials;
  token: TokenSource;
  /** The last cursor received. */
  cursor: () => string | null;
  /** The known orders. Polling compares against them. */
  known: () => Iterable<Order>;
  pollEvery: number;
}

export type OpenTransport = (context: TransportContext, listener: TransportListener) => TransportHandle;

export interface Transport {
  name: TransportName;
  open: OpenTransport;
}

/** Milliseconds within which a transport must open. */
export const CONNECT_TIMEOUT_MS = 6000;

/** What to do after a refusal with this code, over HTTP or the socket. */
export function refusal(code: string, message: string, afterMs?: number): TransportClosed {
  const wait = afterMs === undefined ? {} : { afterMs };
  if (code === "token_expired" || code === "invalid_token") return { code, message, next: "refresh", ...wait };
  if (code === "session_ended" || code === "unauthenticated") return { code, message, next: "signed-out", ...wait };
  return { code, message, next: "retry", ...wait };
}
