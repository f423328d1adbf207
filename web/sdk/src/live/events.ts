// What happens to orders, in one shape whatever way it came.

import type { Actor, Person, Status, TimelineEvent } from "../model.js";
import type { components } from "./schema.js";

type Wire = components["schemas"];

/** The ways in, best first. */
export type TransportName = "socket" | "sse" | "polling";

/** What can happen to an order. */
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
 * One change of one order, told once. Its facts (`items`, `total`, `trackingNumber`, `location` …) are there where they changed.
 */
export interface OrderEvent extends Facts {
  /** Unique. An event that only polling noticed has the form `polled:…`. */
  id: string;
  kind: OrderEventKind;
  /** When it happened, by the server's clock (RFC 3339). */
  at: string;
  actor: Actor;
  storeId: string;
  orderId: string;
  orderNumber: string;
  /** The version of the order after it. */
  version: number;
  status: Status;
  previousStatus: Status;
  customer?: Person | null;
  /** The place in the log right after it; null where the transport tells none. */
  cursor: string | null;
  transport: TransportName;
  /** It happened while this page was away, and is told now. */
  missed: boolean;
  /** The person who is signed in here did it, in this window or another. */
  own: boolean;
}

/** A product was added or changed; staff only. */
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

/** A message exactly as it arrived, for those who want to look at the wire. */
export interface LiveMessage {
  name: string;
  payload: unknown;
  transport: TransportName;
  /** When it arrived, in milliseconds since 1970 by this machine's clock. */
  receivedAt: number;
}

/** What was known has to be forgotten: the log could not be continued (a backup was restored, or one was away for too long). */
export interface ResetEvent {
  reason: string;
}
