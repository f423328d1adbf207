import type { Store } from "../store.js";
import type { TransportName } from "./events.js";

export type ConnectionState =
  /** Not asked for: nobody is signed in, or it was paused. */
  | "idle"
  /** The first attempt. */
  | "connecting"
  /** Changes arrive. */
  | "live"
  /** It was lost, and is being taken up again. */
  | "reconnecting"
  /** The network is away, or several attempts failed. Attempts go on, further apart. */
  | "offline";

export interface ConnectionError {
  /** Stable, as those of problems; or a name such as `transport error`. */
  code: string;
  message: string;
  /** When, in milliseconds since 1970. */
  at: number;
}

/** Row D13. */
export interface ConnectionSnapshot {
  state: ConnectionState;
  /** `state` is `live`. */
  isConnected: boolean;
  /** What it is live over, or was last. */
  transport: TransportName | null;
  /** Attempts that failed since it was last live. */
  attempts: number;
  /** When the next attempt begins, in milliseconds since 1970; null while live or while one is under way. */
  nextAttemptAt: number | null;
  /** Since when it is live, in milliseconds since 1970. */
  liveSince: number | null;
  /** When something was last heard, in milliseconds since 1970. */
  lastUpdate: number | null;
  /** What went wrong last; stays when it is live again. */
  lastError: ConnectionError | null;
  /** Whether the last connection went on where the one before had ended. */
  recovered: boolean;
}

export interface ConnectionStore extends Store<ConnectionSnapshot> {
  /** Tries at once instead of waiting for the next attempt. */
  readonly reconnect: () => void;
  /** Hangs up and stays away until `reconnect`. */
  readonly pause: () => void;
  /**
   * Sends a message over the socket, such as `join-order-tracking` with an order's id, and waits for its acknowledgement.
   * Throws {@handle OrdercastProblem} where it is refused, or where the connection is not over `socket`.
   */
  readonly ask: (name: string, argument: unknown) => Promise<unknown>;
}
