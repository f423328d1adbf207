import type { Account, Shipment, TimelineEvent } from "@ordercast/client";

import { statusAppearance, type Tone } from "../orders/status";
import { formatDateTime } from "../ui/time";
import { actorName } from "./actorName";

export type TimelineIcon =
  | "pending"
  | "processing"
  | "shipped"
  | "paid"
  | "delivered"
  | "cancelled"
  | "payment"
  | "parcel"
  | "courier"
  | "calendar"
  | "location"
  | "note";

export interface TimelineEntry {
  id: string;
  at: string;
  title: string;
  /** Further lines. */
  details: string[];
  who: string;
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

/** The entries for an order's events, newest first. Of consecutive location updates only the newest is shown. */
export function timelineEntries(events: readonly TimelineEvent[], viewer: Account | undefined): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (const event of events) {
    const entry = entryOf(event, viewer);
    const last = entries.at(-1);
    if (last && last.icon === "location" && entry.icon === "location") entries.pop();
    entries.push(entry);
  }
  return entries.reverse();
}

function entryOf(event: TimelineEvent, viewer: Account | undefined): TimelineEntry {
  return {
    id: event.id,
    at: event.at,
    who: actorName(event.actor, viewer),
    details: detailsOf(event, viewer),
    ...headingOf(event, viewer),
  };
}

function headingOf(
  event: TimelineEvent,
  viewer: Account | undefined,
): { title: string; icon: TimelineIcon; tone: Tone } {
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
  if (event.partner)
    return { title: `${event.partner.name} is delivering ${orderNoun(viewer)}`, icon: "courier", tone: "info" };
  if (event.trackingNumber) return { title: "Tracking number added", icon: "parcel", tone: "info" };
  if (event.estimatedDelivery) return { title: "Expected delivery updated", icon: "calendar", tone: "info" };
  if (event.location) return { title: "Location updated", icon: "location", tone: "info" };
  return { title: event.note ? "Note" : "Order updated", icon: "note", tone: "neutral" };
}

function orderNoun(viewer: Account | undefined): string {
  return viewer?.role === "customer" ? "your order" : "the order";
}

function detailsOf(event: TimelineEvent, viewer: Account | undefined): string[] {
  const details: string[] = [];
  const statusChanged = event.status !== event.previousStatus;
  if (event.reason) details.push(`“${event.reason}”`);
  if (event.note) details.push(event.note);
  if (statusChanged && event.partner) details.push(`${event.partner.name} is delivering ${orderNoun(viewer)}`);
  if (event.trackingNumber)
    details.push(statusChanged ? `Tracking number ${event.trackingNumber}` : event.trackingNumber);
  if (event.estimatedDelivery && event.kind !== "order.created") {
    details.push(`Expected ${formatDateTime(event.estimatedDelivery)}`);
  }
  return details;
}
