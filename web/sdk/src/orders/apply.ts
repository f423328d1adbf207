// An order after an event, and an order as it would be after a change. Pure, and never in place: what did not change
// stays the same object.

import type { ReceivedEvent } from "../live/incoming.js";
import type { Order, Status } from "../model.js";
import { progressOf, STATUSES } from "../labels/status.js";
import type { OrderChange } from "./contract.js";

/** An order after an event that is newer than it. */
export function applyEvent(order: Order, event: ReceivedEvent): Order {
  const next: Order = {
    ...order,
    status: event.status,
    version: Math.max(order.version, event.version),
    updatedAt: event.at,
  };
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
  return derived(next);
}

/** A new order, as far as its event tells it: all but where it goes. */
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
    createdAt: event.at,
    updatedAt: event.at,
  };
  if (event.customer) order.customer = event.customer;
  if (event.total) order.total = event.total;
  if (event.paymentMethod) order.payment = { method: event.paymentMethod, status: event.paymentStatus ?? "pending" };
  return derived(order);
}

/** An order as it would be. Its version stays: that is the server's to count. */
export function applyChange(order: Order, change: OrderChange, now: string): Order {
  switch (change.type) {
    case "status": {
      const { status, trackingNumber, estimatedDelivery, reason } = change.body;
      const next: Order = { ...order, status };
      if (trackingNumber) next.trackingNumber = trackingNumber;
      if (estimatedDelivery) next.estimatedDelivery = estimatedDelivery;
      if (status === "paid" && order.payment) next.payment = { ...order.payment, status: "paid" };
      if (status === "cancelled" && order.status !== "cancelled")
        next.cancellation = { by: "staff", at: now, ...(reason ? { reason } : {}) };
      return derived(next);
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
      return derived({ ...order, status: "cancelled", cancellation: { by, at: now, ...(reason ? { reason } : {}) } });
    }
  }
}

/** Whether an event says too little to know the order after it: a correction may take back what was told before. */
export function isCorrection(event: ReceivedEvent): boolean {
  return rank(event.status) < rank(event.previousStatus) && event.status !== "paid";
}

function rank(status: Status): number {
  return STATUSES.indexOf(status);
}

/** What follows from the rest, as the server reckons it. */
function derived(order: Order): Order {
  const canCancel = order.status === "pending" || (order.status === "paid" && order.shipments.length === 0);
  return { ...order, canCancel, progress: progressOf(order) };
}
