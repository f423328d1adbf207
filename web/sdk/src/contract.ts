// The client as its users see it.

import type { Api } from "./api/http.js";
import type { InboxStore } from "./inbox/contract.js";
import type { LiveMessage, OrderEvent, ProductEvent, ResetEvent, TransportName } from "./live/events.js";
import type { KeyValueStorage } from "./core/persistence.js";
import type { ConnectionStore } from "./live/state.js";
import type { Person, Stats } from "./model.js";
import type { OrdersStore } from "./orders/contract.js";
import type { OrdercastProblem } from "./problem.js";
import type { SessionStore } from "./session/contract.js";
import type { LoadState, Store } from "./store.js";

export interface OrdercastOptions {
  /** Where the API is. Default: the page's own origin. */
  baseUrl?: string;
  /** Where the live connections are, if elsewhere (row A14). */
  liveUrl?: string;
  /** An access token, or who gives a fresh one; asked again before each connection and after a token has expired. Without: the session cookie. */
  token?: string | (() => string | Promise<string>);
  /** Where the last cursor and the last known state are kept. Default: `localStorage` where there is one; null: nowhere. */
  storage?: KeyValueStorage | null;
  /** Which ways in, best first. Default: all of them. */
  transports?: readonly TransportName[];
  /** Begin at once. Default: in a browser yes, elsewhere with `start()`. */
  autoStart?: boolean;
  /** How many orders are kept in memory. Default: 20,000. */
  maxOrders?: number;
  /** How old a kept cursor may be to be continued after a reload, in milliseconds. Default: 30 days for customers and drivers, 1 hour for staff. */
  resumeWithin?: number;
  /** Milliseconds between two polls, where nothing better works. Default: 5000. */
  pollEvery?: number;
  /** Milliseconds after which an unanswered request fails. Default: 30,000. */
  requestTimeout?: number;
}

export interface StatsSnapshot {
  state: LoadState;
  stats: Stats | null;
  /** When they were last told, in milliseconds since 1970. */
  lastUpdate: number | null;
  error: OrdercastProblem | null;
}

/** The store's counts, for staff (rows D4, A8). They load when somebody subscribes. */
export interface StatsStore extends Store<StatsSnapshot> {
  readonly load: () => Promise<void>;
}

export interface PresenceSnapshot {
  /** We look at it too, and hear who else does. */
  isJoined: boolean;
  /** Everybody who looks at it, ourselves included; those who came first first. */
  people: readonly Person[];
  /** Everybody but ourselves. */
  others: readonly Person[];
  error: OrdercastProblem | null;
}

/** Who of the staff looks at which order (row E11). Needs the transport `socket`. */
export interface PresenceStore {
  /** Joins the order while somebody subscribes, and leaves it after. */
  readonly of: (order: string) => Store<PresenceSnapshot>;
}

/** A connection to one Ordercast server, for one page. */
export interface Ordercast {
  /** Every endpoint, typed. Answers with `{ data, response }`; throws {@handle OrdercastProblem}. See {@handle unwrap}. */
  readonly api: Api;
  readonly session: SessionStore;
  readonly connection: ConnectionStore;
  readonly orders: OrdersStore;
  readonly inbox: InboxStore;
  readonly stats: StatsStore;
  readonly presence: PresenceStore;
  /** Every change of an order, once, in the order of its versions, after the stores have followed. */
  readonly onEvent: (listener: (event: OrderEvent) => void) => () => void;
  /** Every change of a product; staff only. */
  readonly onProduct: (listener: (event: ProductEvent) => void) => () => void;
  /** What was known has been forgotten, and is read again. */
  readonly onReset: (listener: (event: ResetEvent) => void) => () => void;
  /** Every message of the live connection as it arrives, duplicates too. */
  readonly onMessage: (listener: (message: LiveMessage) => void) => () => void;
  /** Finds out who is signed in, and connects. Doing it twice does nothing. */
  readonly start: () => void;
  /** Ends the connection and frees everything. `start` begins anew. */
  readonly close: () => void;
}
