// Labels for the entries of an order's timeline.

import type { Actor, TimelineEvent } from "../model.js";
import { STATUS_DISPLAY } from "./status.js";

export interface TimelineLine {
  title: string;
  /** Reason, note, tracking number, courier. */
  details: readonly string[];
  who: string;
}

const PARCEL = {
  packed: "Parcel packed",
  shipped: "Parcel shipped",
  out_for_delivery: "Out for delivery",
  attempted: "Delivery attempted",
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

export function describeLine(event: TimelineEvent): TimelineLine {
  const details: string[] = [];
  if (event.trackingNumber) details.push(`Tracking number ${event.trackingNumber}`);
  if (event.partner)
    details.push(event.partner.phone ? `${event.partner.name}, ${event.partner.phone}` : event.partner.name);
  if (event.reason) details.push(event.reason);
  if (event.note) details.push(event.note);
  return { title: titleOf(event), details, who: whoOf(event.actor) };
}

/** The person's name where the reader may know it, otherwise the side. */
export function whoOf({ name, origin }: Actor): string {
  return name ?? WHO[origin];
}

function titleOf(event: TimelineEvent): string {
  const { kind, status, previousStatus } = event;
  if (kind === "order.created") return "Order placed";
  if (kind === "delivery.located") return "Location updated";
  if (status && previousStatus && status !== previousStatus) {
    if (status === "cancelled") return "Order cancelled";
    // Apart from cancellations, only corrections have a reason.
    return event.reason ? `Corrected to ${STATUS_DISPLAY[status].toLowerCase()}` : STATUS_DISPLAY[status];
  }
  const parcel = event.shipments?.[0]?.status;
  if (parcel) return PARCEL[parcel];
  if (event.paymentStatus) return `Payment ${event.paymentStatus}`;
  if (event.trackingNumber) return "Tracking number added";
  if (event.partner) return "Driver assigned";
  if (event.estimatedDelivery) return "Expected delivery changed";
  if (event.note) return "Note";
  return "Order updated";
}
