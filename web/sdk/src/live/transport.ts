// What the three ways in have in common.

import type { Environment } from "../core/environment.js";
import type { TokenSource } from "../api/token.js";
import type { Order } from "../model.js";
import type { TransportName } from "./events.js";
import type { IncomingMessage } from "./incoming.js";

/** Why a connection ended, or could not be had. */
export interface TransportClosed {
  code: string;
  message: string;
  next: /** Come back. */
    | "retry"
    /** Come back with another token. */
    | "refresh"
    /** Of no use without signing in. */
    | "signed-out"
    /** This way in did not answer in time: it may be blocked. */
    | "blocked";
  /** How long the server wants it to wait. */
  afterMs?: number;
}

export interface TransportOpened {
  /** Where in the log it begins; null where the way in does not know. */
  cursor: string | null;
  /** Where the log ended then: events up to there were missed. Null where the way in does not know. */
  head: string | null;
  recovered: boolean;
}

/** Told by a transport: `opened` at most once, then anything, and `closed` once in the end, unless it was hung up on. */
export interface TransportListener {
  opened: (opened: TransportOpened) => void;
  incoming: (incoming: IncomingMessage) => void;
  /** As it came, for those who look at the wire. */
  message: (name: string, payload: unknown) => void;
  /** Something was heard that says nothing but that the server is there. */
  heard: () => void;
  closed: (closed: TransportClosed) => void;
}

export interface TransportHandle {
  close: () => void;
  /** Sends something and waits for its acknowledgement, where the way in can. */
  ask?: (name: string, argument: unknown) => Promise<unknown>;
}

export interface TransportContext {
  environment: Environment;
  baseUrl: string;
  liveUrl: string;
  credentials: RequestCredentials;
  token: TokenSource;
  /** The last cursor that was seen. */
  cursor: () => string | null;
  /** The orders that are known, for the way in that has to find out by itself what changed. */
  known: () => Iterable<Order>;
  pollEvery: number;
}

export type OpenTransport = (context: TransportContext, listener: TransportListener) => TransportHandle;

export interface Transport {
  name: TransportName;
  open: OpenTransport;
}

/** Milliseconds within which a way in has to greet. */
export const CONNECT_TIMEOUT_MS = 6000;

/** A refusal by its code, over HTTP or the socket. */
export function refusal(code: string, message: string, afterMs?: number): TransportClosed {
  const wait = afterMs === undefined ? {} : { afterMs };
  if (code === "token_expired" || code === "invalid_token") return { code, message, next: "refresh", ...wait };
  if (code === "session_ended" || code === "unauthenticated") return { code, message, next: "signed-out", ...wait };
  return { code, message, next: "retry", ...wait };
}
