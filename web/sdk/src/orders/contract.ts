// The public interface of the orders' stores.

import type { BulkOutcome, NewOrder, Order, Origin, SetDelivery, SetStatus, Status, TimelineEvent } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import type { LoadState, Store } from "../store.js";

/** Which orders a list shows. An absent member matches all. */
export interface OrderFilter {
  status?: readonly Status[];
  /** An order number, a tracking number, or words of the customer's name, e-mail address or phone number. */
  q?: string;
  /** Placed at or after (RFC 3339). */
  from?: string;
  /** Placed before (RFC 3339). */
  to?: string;
}

/** `changed`: the latest change first. */
export type OrderSort = "newest" | "oldest" | "total-high" | "total-low" | "changed";

export interface OrderListOptions {
  /** Default: `newest`. */
  sort?: OrderSort;
  /** Milliseconds for which a row stays after it stopped matching the filter. Default: 0. */
  lingerMs?: number;
}

export interface OrderListSnapshot {
  state: LoadState;
  /** Sorted. New orders are included as they arrive. */
  orders: readonly Order[];
  /** Whether `loadMore` has further orders. */
  hasMore: boolean;
  isLoadingMore: boolean;
  error: OrdercastProblem | null;
}

/** A list without its orders. */
export interface OrderRowsSnapshot extends Omit<OrderListSnapshot, "orders"> {
  /** Sorted. */
  ids: readonly string[];
  /** Rows that no longer match the filter, and are removed after `lingerMs`. */
  leaving: ReadonlySet<string>;
}

/** A live list of orders. It loads when somebody subscribes. */
export interface OrderList extends Store<OrderListSnapshot> {
  readonly filter: OrderFilter;
  readonly sort: OrderSort;
  /**
   * The ids of the list. It notifies when rows are added, removed or moved, and not when an order changes: show each row
   * with {@link OrdersStore.watch}. For long lists of a busy store.
   */
  readonly rows: Store<OrderRowsSnapshot>;
  /** Reads again what was read so far. */
  readonly load: () => Promise<void>;
  readonly loadMore: () => Promise<void>;
  /** Reads further pages until the list is complete or has `limit` orders. Default: 10,000. */
  readonly loadAll: (limit?: number) => Promise<void>;
}

/** One order, without its timeline. */
export interface WatchedOrder {
  /** With pending changes of ours; null while unknown. */
  order: Order | null;
  /** The server has not answered a change of ours yet. */
  isPending: boolean;
  conflict: OrderConflict | null;
  /** When an event or a change of ours last changed the order on this page, in milliseconds since 1970. */
  changedAt: number | null;
  /** The last change was that the order was placed. */
  isNew: boolean;
}

/** Pending changes, conflicts and new orders. */
export interface OrdersActivity {
  /** Ids of orders with a change of ours that the server has not answered. */
  pending: ReadonlySet<string>;
  /** By order id, until dismissed. */
  conflicts: ReadonlyMap<string, OrderConflict>;
  /** Orders that arrived live since `acknowledgeNew`. */
  newCount: number;
}

/** A change that was requested. */
export type OrderChange =
  | { type: "status"; body: SetStatus }
  | { type: "delivery"; body: SetDelivery }
  | { type: "cancel"; reason: string | undefined; by: Origin };

/** A change that was refused because somebody else changed the order first. */
export interface OrderConflict {
  orderId: string;
  attempted: OrderChange;
  /** The order to which the change was made. */
  base: Order;
  /** `base` with the change. */
  mine: Order;
  /** The current order. */
  theirs: Order;
  problem: OrdercastProblem;
  /** Makes the same change to the current order. */
  readonly retry: () => Promise<ChangeResult>;
  /** Drops the change. */
  readonly dismiss: () => void;
}

/** The result of a change. Changes never throw. */
export type ChangeResult =
  | {
      ok: true;
      order: Order;
      /** How many of the customer's connections received the change live; null for callers who may not know. */
      live: number | null;
    }
  /** Somebody else changed the order first. The optimistic change was rolled back. */
  | { ok: false; reason: "conflict"; problem: OrdercastProblem; conflict: OrderConflict }
  /** The server refused the change or is unreachable. The optimistic change was rolled back. */
  | { ok: false; reason: "refused" | "unreachable"; problem: OrdercastProblem };

export interface BulkResult {
  /** One for each order, in the order requested. */
  outcomes: readonly BulkOutcome[];
  changed: number;
  refused: number;
}

export interface ActionOptions {
  /** Requests with the same key take effect once, also after a reload. Default: a new key for each action. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export interface ExportOptions {
  /** Default: `newest`. */
  sort?: OrderSort;
  signal?: AbortSignal;
}

export interface BulkOptions extends ActionOptions {
  reason?: string;
  note?: string;
  /** Called after each request with all outcomes so far. */
  onProgress?: (outcomes: readonly BulkOutcome[]) => void;
}

export interface ChangeOptions extends ActionOptions {
  /** Change only this version. Default: the version shown; null: any version. */
  expectedVersion?: number | null;
}

export interface TrackingSnapshot {
  /** `missing`: there is no such order, or it belongs to somebody else. */
  state: LoadState | "missing";
  order: Order | null;
  /** Oldest first. */
  timeline: readonly TimelineEvent[];
  /** Percent. */
  progress: number;
  /** When the order was last received or read, in milliseconds since 1970. */
  lastUpdate: number | null;
  /** The server is unreachable, and this is the last state known on this device. */
  isStale: boolean;
  /** The server has not answered a change of ours yet. */
  isPending: boolean;
  conflict: OrderConflict | null;
  error: OrdercastProblem | null;
}

/** One order with its timeline, kept current while somebody subscribes. */
export interface OrderTracking extends Store<TrackingSnapshot> {
  /** Reads the order and its timeline again. */
  readonly load: () => Promise<void>;
}

/** The orders of the signed-in account: a customer's own, the store's for staff. */
export interface OrdersStore extends OrderList {
  readonly activity: Store<OrdersActivity>;
  /** A live filtered list. The same filter and options return the same list. */
  readonly list: (filter: OrderFilter, options?: OrderListOptions) => OrderList;
  /** One order by id or number, for a row of a list. An unknown order is read when somebody subscribes. */
  readonly watch: (order: string) => Store<WatchedOrder>;
  /** One order with its timeline, by id or number. The same order returns the same store. */
  readonly track: (order: string) => OrderTracking;
  /** A known order by id or number, with pending changes. */
  readonly get: (order: string) => Order | undefined;
  /** Reads an order. Throws {@link OrdercastProblem}. */
  readonly fetch: (order: string) => Promise<Order>;
  /** Places an order. Throws {@link OrdercastProblem}. */
  readonly place: (order: NewOrder, options?: ActionOptions) => Promise<Order>;
  /** Optimistic: shown at once and rolled back when refused. */
  readonly setStatus: (
    order: string,
    status: Status,
    options?: ChangeOptions & Omit<SetStatus, "status">,
  ) => Promise<ChangeResult>;
  readonly setDelivery: (order: string, delivery: SetDelivery, options?: ChangeOptions) => Promise<ChangeResult>;
  readonly cancel: (order: string, options?: ChangeOptions & { reason?: string }) => Promise<ChangeResult>;
  /** One status for many orders, in requests of up to 500 orders. Throws {@link OrdercastProblem} where all requests fail. */
  readonly setStatusOfMany: (orders: readonly string[], status: Status, options?: BulkOptions) => Promise<BulkResult>;
  /**
   * All orders that match the filter, as a CSV file for spreadsheets. Throws {@link OrdercastProblem}, also when the file ends
   * early.
   */
  readonly exportCsv: (filter: OrderFilter, options?: ExportOptions) => Promise<Blob>;
  /** Sets `newCount` back to 0. */
  readonly acknowledgeNew: () => void;
}
