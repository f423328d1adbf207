// What the orders' stores look like from outside.

import type { BulkOutcome, NewOrder, Order, Origin, SetDelivery, SetStatus, Status, TimelineEvent } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import type { LoadState, Store } from "../store.js";

/** Which orders a list shows. Everything that is absent matches all. */
export interface OrderFilter {
  status?: readonly Status[];
  /** A number, a tracking number, or words of the customer's name, e-mail address or phone. */
  q?: string;
  /** Placed at or after (RFC 3339). */
  from?: string;
  /** Placed before (RFC 3339). */
  to?: string;
}

export interface OrderListSnapshot {
  state: LoadState;
  /** Newest first, a live one on top. */
  orders: readonly Order[];
  /** Older ones can be had with `loadMore`. */
  hasMore: boolean;
  isLoadingMore: boolean;
  error: OrdercastProblem | null;
}

/** A live list of orders. It loads when somebody subscribes. */
export interface OrderList extends Store<OrderListSnapshot> {
  readonly filter: OrderFilter;
  /** Reads the newest page again. */
  readonly load: () => Promise<void>;
  readonly loadMore: () => Promise<void>;
}

/** What goes on with orders, apart from what they are. */
export interface OrdersActivity {
  /** Ids of orders with a change of ours that the server has not answered. */
  pending: ReadonlySet<string>;
  /** Changes that lost against somebody else's, by order id, until dismissed. */
  conflicts: ReadonlyMap<string, OrderConflict>;
  /** Orders that came in live since `acknowledgeNew` (row A18). */
  newCount: number;
}

/** What somebody wanted to change. */
export type OrderChange =
  | { type: "status"; body: SetStatus }
  | { type: "delivery"; body: SetDelivery }
  | { type: "cancel"; reason: string | undefined; by: Origin };

/** A change that lost: somebody else was first. Neither version is lost. */
export interface OrderConflict {
  orderId: string;
  /** What was to be changed. */
  attempted: OrderChange;
  /** The order as it was when the change was made. */
  base: Order;
  /** The order as it would be with the change. */
  mine: Order;
  /** The order as it is. */
  theirs: Order;
  problem: OrdercastProblem;
  /** Makes the same change to the order as it is now. */
  readonly retry: () => Promise<ChangeResult>;
  /** Leaves it as it is, and forgets the conflict. */
  readonly dismiss: () => void;
}

/** What became of a change. Nothing is thrown. */
export type ChangeResult =
  | {
      ok: true;
      order: Order;
      /** How many of the customer's connections heard of it at once (row C5); null for whoever may not know. */
      live: number | null;
    }
  /** Somebody else was first. What was shown is rolled back to what is. */
  | { ok: false; reason: "conflict"; problem: OrdercastProblem; conflict: OrderConflict }
  /** The server refused it, or nobody answered. What was shown is rolled back. */
  | { ok: false; reason: "refused" | "unreachable"; problem: OrdercastProblem };

export interface BulkResult {
  /** One for each order, in the order asked for. */
  outcomes: readonly BulkOutcome[];
  changed: number;
  refused: number;
}

export interface ActionOptions {
  /** The same key makes the same action happen once, even after a reload. One is made for each action otherwise. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export interface ChangeOptions extends ActionOptions {
  /** Change only this version. Default: the version that the store shows; null: whatever it is. */
  expectedVersion?: number | null;
}

export interface TrackingSnapshot {
  state: LoadState | "missing";
  order: Order | null;
  /** Oldest first. */
  timeline: readonly TimelineEvent[];
  /** Per cent (row D9). */
  progress: number;
  /** When something of it was last heard or read, in milliseconds since 1970. */
  lastUpdate: number | null;
  /** It is the last state known on this device: nobody answers now. */
  isStale: boolean;
  /** A change of ours is under way. */
  isPending: boolean;
  conflict: OrderConflict | null;
  error: OrdercastProblem | null;
}

/** One order and its timeline, kept current while somebody subscribes. */
export interface OrderTracking extends Store<TrackingSnapshot> {
  /** Reads both again. */
  readonly load: () => Promise<void>;
}

/** All orders of whoever is signed in: a customer's own, the store's for staff. */
export interface OrdersStore extends OrderList {
  readonly activity: Store<OrdersActivity>;
  /** A filtered list, live as well. The same filter gives the same list. */
  readonly list: (filter: OrderFilter) => OrderList;
  /** One order with its timeline, by id or number. The same order gives the same store. */
  readonly track: (order: string) => OrderTracking;
  /** An order that is known, by id or number, with our pending changes. */
  readonly get: (order: string) => Order | undefined;
  /** Reads an order and keeps it. Throws {@link OrdercastProblem}. */
  readonly fetch: (order: string) => Promise<Order>;
  /** Places an order. Throws {@link OrdercastProblem}. */
  readonly place: (order: NewOrder, options?: ActionOptions) => Promise<Order>;
  /** Shown at once, rolled back when refused. */
  readonly setStatus: (
    order: string,
    status: Status,
    options?: ChangeOptions & Omit<SetStatus, "status">,
  ) => Promise<ChangeResult>;
  readonly setDelivery: (order: string, delivery: SetDelivery, options?: ChangeOptions) => Promise<ChangeResult>;
  readonly cancel: (order: string, options?: ChangeOptions & { reason?: string }) => Promise<ChangeResult>;
  /** One status for many, at most 500 a request and as many requests as it takes. Throws when nobody answers. */
  readonly setStatusOfMany: (
    orders: readonly string[],
    status: Status,
    options?: ActionOptions & { reason?: string; note?: string },
  ) => Promise<BulkResult>;
  /** Sets `newCount` back to 0. */
  readonly acknowledgeNew: () => void;
}
