import type { Account, Shipment, TimelineEvent, TimelineLine } from "@ordercast/client";

import { statusAppearance, type Status, type Tone } from "../orders/status";
import type { Times } from "../time/times";
import { actorName } from "./actorName";

export type TimelineIcon = Status | "payment" | "parcel" | "courier" | "calendar" | "location" | "note";

interface Heading {
  title: string;
  icon: TimelineIcon;
  tone: Tone;
}

const PARCEL_TITLES: Record<Shipment["status"], string> = {
  packed: "packed",
  shipped: "shipped",
  out_for_delivery: "out for delivery",
  attempted: "delivery attempted",
  delivered: "delivered",
  returned: "was returned",
};

const PAYMENT_TITLES: Record<string, { title: string; tone: Tone }> = {
  authorized: { title: "Payment authorized", tone: "info" },
  paid: { title: "Payment received", tone: "success" },
  refunded: { title: "Payment refunded", tone: "info" },
  failed: { title: "Payment failed", tone: "error" },
  pending: { title: "Payment is due", tone: "neutral" },
};

/** Of consecutive location updates, keeps only the latest. */
export function withoutOldLocations(events: readonly TimelineEvent[]): TimelineEvent[] {
  const isLocation = (event: TimelineEvent | undefined) => event && headingOf(event).icon === "location";
  return events.filter((event, index) => !isLocation(event) || !isLocation(events[index + 1]));
}

/** The texts of an event. */
export function describeEvent(event: TimelineEvent, viewer: Account | undefined, times: Times): TimelineLine {
  return {
    title: headingOf(event, viewer).title,
    details: detailsOf(event, viewer, times),
    who: actorName(event.actor, viewer),
  };
}

export function headingOf(event: TimelineEvent, viewer?: Account): Heading {
  if (event.kind === "order.created") return { title: "Order placed", icon: "pending", tone: "neutral" };
  if (event.status && event.previousStatus && event.status !== event.previousStatus) {
    const { label, tone } = statusAppearance(event.status);
    const isCorrection = event.reason && event.status !== "cancelled";
    return { title: isCorrection ? `Moved back to ${label.toLowerCase()}` : label, icon: event.status, tone };
  }
  const payment = event.paymentStatus ? PAYMENT_TITLES[event.paymentStatus] : undefined;
  if (payment) return { ...payment, icon: "payment" };
  const parcel = event.shipments?.[0];
  if (parcel)
    return {
      title: `Parcel ${parcel.parcel} ${PARCEL_TITLES[parcel.status]}`,
      icon: "parcel",
      tone: parcel.status === "attempted" || parcel.status === "returned" ? "warning" : "info",
    };
  if (event.partner) return { title: deliveryText(event.partner.name, viewer), icon: "courier", tone: "info" };
  if (event.trackingNumber) return { title: "Tracking number added", icon: "parcel", tone: "info" };
  if (event.estimatedDelivery) return { title: "Expected delivery updated", icon: "calendar", tone: "info" };
  if (event.location) return { title: "Location updated", icon: "location", tone: "info" };
  return { title: event.note ? "Note" : "Order updated", icon: "note", tone: "neutral" };
}

function deliveryText(courier: string, viewer: Account | undefined): string {
  return `${courier} is delivering ${viewer?.role === "customer" ? "your order" : "the order"}`;
}

function detailsOf(event: TimelineEvent, viewer: Account | undefined, times: Times): string[] {
  const details: string[] = [];
  const statusChanged = event.status !== event.previousStatus;
  if (event.reason) details.push(`“${event.reason}”`);
  if (event.note) details.push(event.note);
  if (statusChanged && event.partner) details.push(deliveryText(event.partner.name, viewer));
  if (event.trackingNumber)
    details.push(statusChanged ? `Tracking number ${event.trackingNumber}` : event.trackingNumber);
  if (event.estimatedDelivery && event.kind !== "order.created") {
    details.push(`Expected ${times.dateTime(event.estimatedDelivery)}`);
  }
  return details;
}
