import type { Store } from "../store.js";
import type { TransportName } from "./events.js";

export type ConnectionState =
  /** Nobody is signed in, or the connection was paused. */
  | "idle"
  /** First attempt. */
  | "connecting"
  /** Events arrive. */
  | "live"
  /** The connection was lost and is being restored. */
  | "reconnecting"
  /** The network is down, or several attempts failed. Attempts continue at longer intervals. */
  | "offline";

export interface ConnectionError {
  /** A stable problem code, or a reason of the transport such as `transport error`. */
  code: string;
  message: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface ConnectionSnapshot {
  state: ConnectionState;
  /** Whether `state` is `live`. */
  isConnected: boolean;
  /** The current transport, or the last one. */
  transport: TransportName | null;
  /** Failed attempts since the connection was last live. */
  attempts: number;
  /** Milliseconds since 1970; null while live or while an attempt is under way. */
  nextAttemptAt: number | null;
  /** Milliseconds since 1970; null while not live. */
  liveSince: number | null;
  /** When the last message arrived, in milliseconds since 1970. */
  lastUpdate: number | null;
  /** The last error. It stays after the connection is live again. */
  lastError: ConnectionError | null;
  /** The page is connected and still behind: it receives or reads what it missed. Only for staff, who follow a whole store. */
  isCatchingUp: boolean;
  /** Whether the connection continued where the previous one ended, without a gap. */
  recovered: boolean;
}

export interface ConnectionStore extends Store<ConnectionSnapshot> {
  /** Tries now instead of waiting for the next attempt. */
  readonly reconnect: () => void;
  /** Disconnects until `reconnect`. */
  readonly pause: () => void;
  /**
   * Sends a message over the socket, such as `join-order-tracking` with an order id, and waits for the acknowledgement.
   * Throws {@link OrdercastProblem} where the server refuses it or the transport is not `socket`.
   */
  readonly ask: (name: string, argument: unknown) => Promise<unknown>;
}
