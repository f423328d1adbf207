// Applies an event or a pending change to an order. Pure; parts that do not change keep their identity.
//
// What the server computes from an order is never computed here. Progress and `canCancel` stay what the server last said
// until the order is read again. The allowed transitions come with the event, or are unknown until then.

import type { ReceivedEvent } from "../live/incoming.js";
import type { Order } from "../model.js";
import type { OrderChange } from "./contract.js";

/** The order after a newer event. */
export function applyEvent(order: Order, event: ReceivedEvent): Order {
  const next: Order = {
    ...order,
    status: event.status,
    version: Math.max(order.version, event.version),
    updatedAt: event.at,
  };
  if (event.kind !== "delivery.located") next.allowedTransitions = event.allowedTransitions ?? null;
  if (event.customer) next.customer = event.customer;
  if (event.trackingNumber) next.trackingNumber = event.trackingNumber;
  if (event.estimatedDelivery) next.estimatedDelivery = event.estimatedDelivery;
  if (event.paymentStatus && order.payment) next.payment = { ...order.payment, status: event.paymentStatus };
  if (event.partner) next.delivery = { ...next.delivery, partner: event.partner };
  if (event.location) next.delivery = { ...next.delivery, location: event.location };
  for (const shipment of event.shipments ?? []) {
    const others = next.shipments.filter(({ parcel }) => parcel !== shipment.parcel);
    next.shipments = [...others, shipment].sort((a, b) => a.parcel - b.parcel);
  }
  if (event.status === "cancelled" && order.status !== "cancelled") {
    next.cancellation = { by: event.actor.origin, at: event.at, ...(event.reason ? { reason: event.reason } : {}) };
  }
  return next;
}

/** Whether an event may change what the server computes from an order, so that the order has to be read again. */
export function isPartial({ kind, status, previousStatus }: ReceivedEvent): boolean {
  return status !== previousStatus || (kind !== "delivery.located" && kind !== "delivery.updated");
}

/** A new order as far as its `order.created` event describes it. The rest comes with reading it. */
export function orderFromEvent(event: ReceivedEvent): Order {
  const order: Order = {
    id: event.orderId,
    number: event.orderNumber,
    storeId: event.storeId,
    status: event.status,
    progress: 0,
    version: event.version,
    items: event.items ?? [],
    shipments: [],
    canCancel: false,
    allowedTransitions: event.allowedTransitions ?? null,
    createdAt: event.at,
    updatedAt: event.at,
  };
  if (event.customer) order.customer = event.customer;
  if (event.total) order.total = event.total;
  if (event.paymentMethod) order.payment = { method: event.paymentMethod, status: event.paymentStatus ?? "pending" };
  return order;
}

/** The order as it is shown while the server has not answered. The version stays, because only the server counts it. */
export function applyChange(order: Order, change: OrderChange, now: string): Order {
  switch (change.type) {
    case "status": {
      const { status, trackingNumber, estimatedDelivery, reason } = change.body;
      const next: Order = { ...order, status, canCancel: false, allowedTransitions: null };
      if (trackingNumber) next.trackingNumber = trackingNumber;
      if (estimatedDelivery) next.estimatedDelivery = estimatedDelivery;
      if (status === "cancelled" && order.status !== "cancelled")
        next.cancellation = { by: "staff", at: now, ...(reason ? { reason } : {}) };
      return next;
    }
    case "delivery": {
      const { partner, location, estimatedDelivery } = change.body;
      const next: Order = { ...order };
      if (partner) next.delivery = { ...next.delivery, partner };
      if (location) next.delivery = { ...next.delivery, location: { ...location, at: now } };
      if (estimatedDelivery) next.estimatedDelivery = estimatedDelivery;
      return next;
    }
    case "cancel": {
      const { reason, by } = change;
      const cancellation = { by, at: now, ...(reason ? { reason } : {}) };
      return { ...order, status: "cancelled", canCancel: false, allowedTransitions: null, cancellation };
    }
  }
}
