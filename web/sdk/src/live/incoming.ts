// Maps the messages of every transport to one type.

import type { Notification, Order, Stats } from "../model.js";
import type { OrderEvent, ProductEvent, TransportName } from "./events.js";
import type { components } from "./schema.js";

type Wire = components["schemas"];

/** An event before it is compared with this page. */
export type ReceivedEvent = Omit<OrderEvent, "missed" | "own" | "here" | "listed">;

export type IncomingMessage =
  /** `missed` is set by transports without cursors. */
  /** `order`: as it was placed. The event of a new order brings it. */
  | { type: "event"; event: ReceivedEvent; order?: Order | null; missed?: boolean }
  | { type: "product"; event: ProductEvent }
  /** The current state of an order; nothing happened to it. */
  | { type: "state"; order: Order }
  | { type: "notification"; line: Omit<Notification, "cursor"> }
  | { type: "read"; read: Wire["ReadView"] }
  | { type: "stats"; stats: Stats }
  | { type: "presence"; presence: Wire["Presence"] }
  | { type: "reset"; reason: string; cursor: string; orders: readonly Order[] }
  /** A poll found these orders changed. */
  | { type: "polled"; orders: readonly Order[] };

/** A message of the Socket.IO dialect `standard`; undefined for messages that carry nothing new. */
export function fromSocket(name: string, payload: unknown, cursor: string | null): IncomingMessage | undefined {
  switch (name) {
    case "order:created":
    case "order:updated":
    case "order:cancelled":
    case "delivery:updated":
    case "delivery:located":
    case "admin:order:created":
    case "admin:order:updated":
    case "admin:order:cancelled":
    case "admin:delivery:updated":
    case "admin:delivery:located":
      return fromOrder(payload as OrderMessage, cursor);
    case "product:created":
    case "product:updated": {
      const { eventId, updatedAt: _, ...rest } = payload as Wire["SocketProductEvent"];
      return fromProduct({ id: eventId, ...rest }, cursor, "socket");
    }
    case "notification":
      return { type: "notification", line: payload as Wire["Notification"] };
    case "notifications:read":
      return { type: "read", read: payload as Wire["ReadView"] };
    case "stats:updated":
      return { type: "stats", stats: payload as Stats };
    case "order:presence":
      return { type: "presence", presence: payload as Wire["Presence"] };
    case "reset":
      return fromReset(payload as Wire["Reset"]);
    default:
      // `order-status-updated` repeats the event of a joined order with fewer fields.
      return undefined;
  }
}

type OrderMessage = Wire["StandardOrderUpdate"] | Wire["StandardOrderCreated"];

function fromOrder(payload: OrderMessage, cursor: string | null): IncomingMessage {
  // Without an event id it is the state that follows a reset, with the whole order.
  if (!("eventId" in payload)) return { type: "state", order: payload.order };
  const { eventId, order, updatedAt: _, ...rest } = payload;
  const event: ReceivedEvent = { id: eventId, cursor, transport: "socket", ...rest };
  // Only a new order is whole; other events have a summary.
  return "number" in order ? { type: "event", event, order } : { type: "event", event };
}

/** A frame of the event stream; undefined for frames that carry nothing new. */
export function fromStream(name: string, payload: unknown, cursor: string | null): IncomingMessage | undefined {
  switch (name) {
    case "order.created":
    case "order.status_changed":
    case "order.updated":
    case "order.cancelled":
    case "payment.changed":
    case "delivery.updated":
    case "delivery.located": {
      const { order = null, ...event } = payload as Wire["OrderEvent"];
      return { type: "event", event: { cursor, transport: "sse", ...event }, order };
    }
    case "product.created":
    case "product.updated":
      return fromProduct(payload as Wire["ProductEvent"], cursor, "sse");
    case "notifications.read":
      return { type: "read", read: payload as Wire["ReadView"] };
    case "stats.updated":
      return { type: "stats", stats: payload as Stats };
    case "reset":
      return fromReset(payload as Wire["Reset"]);
    default:
      return undefined;
  }
}

function fromProduct(
  event: Wire["ProductEvent"],
  cursor: string | null,
  transport: TransportName,
): IncomingMessage | undefined {
  const { kind, productId } = event;
  if ((kind !== "product.created" && kind !== "product.updated") || !productId) return undefined;
  return { type: "product", event: { ...event, kind, productId, cursor, transport } };
}

function fromReset({ reason, cursor, orders }: Wire["Reset"]): IncomingMessage {
  return { type: "reset", reason, cursor, orders };
}
