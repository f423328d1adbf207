// Order and product events, in one shape for every transport.

import type { Actor, Person, Status, TimelineEvent } from "../model.js";
import type { components } from "./schema.js";

type Wire = components["schemas"];

/** Best first. */
export type TransportName = "socket" | "sse" | "polling";

export type OrderEventKind = Wire["OrderEvent"]["kind"];

type Facts = Omit<
  TimelineEvent,
  | "id"
  | "kind"
  | "at"
  | "actor"
  | "storeId"
  | "version"
  | "orderId"
  | "orderNumber"
  | "status"
  | "previousStatus"
  | "customer"
>;

/**
 * One change of one order, delivered once. Facts (`items`, `total`, `trackingNumber`, `location` …) are present where they changed.
 */
export interface OrderEvent extends Facts {
  /** Unique. Events that were inferred by polling have the form `polled:…`. */
  id: string;
  kind: OrderEventKind;
  /** Server time (RFC 3339). */
  at: string;
  actor: Actor;
  storeId: string;
  orderId: string;
  orderNumber: string;
  /** The order's version after the event. */
  version: number;
  status: Status;
  previousStatus: Status;
  customer?: Person | null;
  /** The log position after the event; null where the transport has none. */
  cursor: string | null;
  transport: TransportName;
  /** It happened while this page was disconnected. */
  missed: boolean;
  /** It is older than what this page has read: the page has shown its result from the start, so it is no news. */
  listed: boolean;
  /** The person signed in here did it, in this window or another. */
  own: boolean;
  /** This window did it: `own` is also true for other windows and devices of the same person. */
  here: boolean;
}

/** A product was added or changed. Staff only. */
export interface ProductEvent {
  id: string;
  kind: "product.created" | "product.updated";
  at: string;
  actor: Actor;
  storeId: string;
  productId: string;
  version: number;
  name?: string | null;
  price?: Wire["Money"] | null;
  onHand?: number | null;
  archived?: boolean | null;
  cursor: string | null;
  transport: TransportName;
}

/** A message exactly as it arrived, for debugging. */
export interface LiveMessage {
  name: string;
  payload: unknown;
  transport: TransportName;
  /** Milliseconds since 1970, by this machine's clock. */
  receivedAt: number;
}

/** The log could not be continued (a backup was restored, or the client was away for too long): discard your state. */
export interface ResetEvent {
  reason: string;
}
