// A line of an order's timeline in words, and who did it.

import type { Actor, TimelineEvent } from "../model.js";
import { STATUS_DISPLAY, STATUSES } from "./status.js";

export interface TimelineLine {
  /** What happened, in a few words. */
  title: string;
  /** What belongs to it: a reason, a tracking number, a courier. */
  details: readonly string[];
  /** Who did it. */
  who: string;
}

const PARCEL = {
  packed: "Parcel packed",
  shipped: "Parcel shipped",
  out_for_delivery: "Out for delivery",
  attempted: "Delivery attempted, nobody was there",
  delivered: "Parcel delivered",
  returned: "Parcel returned",
} as const;

const WHO: Readonly<Record<Actor["origin"], string>> = {
  customer: "Customer",
  staff: "Store",
  driver: "Courier",
  gateway: "Payment provider",
  system: "Automatic",
  outside: "Another program",
};

/** Row D10: what the timeline says of an event. */
export function describeLine(event: TimelineEvent): TimelineLine {
  const details: string[] = [];
  if (event.trackingNumber) details.push(`Tracking number ${event.trackingNumber}`);
  if (event.partner)
    details.push(event.partner.phone ? `${event.partner.name}, ${event.partner.phone}` : event.partner.name);
  if (event.reason) details.push(event.reason);
  if (event.note) details.push(event.note);
  return { title: titleOf(event), details, who: whoOf(event.actor) };
}

/** A name where it may be known, else the side. */
export function whoOf({ name, origin }: Actor): string {
  return name ?? WHO[origin];
}

function titleOf(event: TimelineEvent): string {
  const { kind, status, previousStatus } = event;
  if (kind === "order.created") return "Order placed";
  if (kind === "delivery.located") return "Location updated";
  if (status && previousStatus && status !== previousStatus) {
    if (status === "cancelled") return "Order cancelled";
    const isBack = status !== "paid" && STATUSES.indexOf(status) < STATUSES.indexOf(previousStatus);
    return isBack ? `Corrected to ${STATUS_DISPLAY[status].toLowerCase()}` : STATUS_DISPLAY[status];
  }
  const parcel = event.shipments?.[0]?.status;
  if (parcel) return PARCEL[parcel];
  if (event.paymentStatus) return `Payment ${event.paymentStatus}`;
  if (event.trackingNumber) return "Tracking number added";
  if (event.partner) return "Courier assigned";
  if (event.estimatedDelivery) return "Expected delivery changed";
  if (event.note) return "Note";
  return "Order updated";
}
