// The public interface of the client.

import type { Api } from "./api/http.js";
import type { TokenOption } from "./api/token.js";
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
  /** The API, such as `https://shop.example`, or with its base path `https://site.example/shop`. Default: the page's origin. */
  baseUrl?: string;
  /** The live connections, where they have another address. With the base path, too. Default: `baseUrl`. */
  liveUrl?: string;
  /** An access token, or a function that returns a fresh one. The function is called before each connection and after a token expired. Default: the session cookie. */
  token?: TokenOption;
  /** Where the cursor and recent orders are persisted. Default: `localStorage` where available; null: nowhere. */
  storage?: KeyValueStorage | null;
  /** The transports to use, best first. Default: all. */
  transports?: readonly TransportName[];
  /** Connect at once. Default: true in a browser; elsewhere call `start()`. */
  autoStart?: boolean;
  /** Orders kept in memory. Default: 20,000. */
  maxOrders?: number;
  /** Maximum age in milliseconds of a persisted cursor to resume from after a reload. Default: 30 days for customers and drivers, 1 hour for staff. */
  resumeWithin?: number;
  /** Milliseconds between two polls. Default: 5000. */
  pollEvery?: number;
  /** Request timeout in milliseconds. Default: 30,000. */
  requestTimeout?: number;
}

export interface StatsSnapshot {
  state: LoadState;
  stats: Stats | null;
  /** When the counts were last received, in milliseconds since 1970. */
  lastUpdate: number | null;
  error: OrdercastProblem | null;
}

/** The store's order counts, for staff. They load when somebody subscribes. */
export interface StatsStore extends Store<StatsSnapshot> {
  readonly load: () => Promise<void>;
}

export interface PresenceSnapshot {
  /** We joined the order and receive its viewers. */
  isJoined: boolean;
  /** Everybody viewing the order, including us, in the order of joining. */
  people: readonly Person[];
  /** Everybody except us. */
  others: readonly Person[];
  error: OrdercastProblem | null;
}

/** Which staff members view which order. Needs the transport `socket`. */
export interface PresenceStore {
  /** Joins the order while somebody subscribes. */
  readonly of: (order: string) => Store<PresenceSnapshot>;
}

/** A connection to one Ordercast server. */
export interface Ordercast {
  /** Every endpoint, typed. Resolves to `{ data, response }`; throws {@link OrdercastProblem}. See {@link unwrap}. */
  readonly api: Api;
  readonly session: SessionStore;
  readonly connection: ConnectionStore;
  readonly orders: OrdersStore;
  readonly inbox: InboxStore;
  readonly stats: StatsStore;
  readonly presence: PresenceStore;
  /** Every change of an order, once and in version order. Stores and lists show the change before listeners are called. */
  readonly onEvent: (listener: (event: OrderEvent) => void) => () => void;
  /** Every change of a product. Staff only. */
  readonly onProduct: (listener: (event: ProductEvent) => void) => () => void;
  /** The history changed: all state was discarded and is being read again. */
  readonly onReset: (listener: (event: ResetEvent) => void) => () => void;
  /** Every message of the live connection as it arrives, including duplicates. */
  readonly onMessage: (listener: (message: LiveMessage) => void) => () => void;
  /** Determines who is signed in, and connects. Calling it again has no effect. */
  readonly start: () => void;
  /** Disconnects and releases all resources. `start` starts again. */
  readonly close: () => void;
}
