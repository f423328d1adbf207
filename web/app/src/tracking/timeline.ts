import type { Account, Shipment, TimelineEvent } from "@ordercast/client";

import { statusLook, type Tone } from "../orders/status";
import { formatMoment } from "../ui/time";
import { whoDid } from "./actor";

/** What a line's mark shows: a status, or what else moved. */
export type Mark =
  | "pending"
  | "processing"
  | "shipped"
  | "paid"
  | "delivered"
  | "cancelled"
  | "payment"
  | "parcel"
  | "person"
  | "calendar"
  | "place"
  | "note";

export interface TimelineEntry {
  id: string;
  at: string;
  title: string;
  /** What more there is to say, a line each. */
  details: string[];
  who: string;
  mark: Mark;
  tone: Tone;
}

const PARCELS: Record<Shipment["status"], string> = {
  packed: "packed",
  shipped: "handed over for delivery",
  out_for_delivery: "out for delivery",
  attempted: "could not be handed over",
  delivered: "delivered",
  returned: "came back",
};

const PAYMENTS: Record<string, { title: string; tone: Tone }> = {
  authorized: { title: "Payment authorized", tone: "info" },
  paid: { title: "Payment received", tone: "success" },
  refunded: { title: "Payment refunded", tone: "info" },
  failed: { title: "Payment failed", tone: "error" },
  pending: { title: "Payment is due", tone: "neutral" },
};

/** An order's events as lines for its reader, newest first. Places that follow one another are one line, the newest. */
export function timelineEntries(events: readonly TimelineEvent[], reader: Account | undefined): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  for (const event of events) {
    const entry = entryOf(event, reader);
    const last = entries.at(-1);
    if (last && last.mark === "place" && entry.mark === "place") entries.pop();
    entries.push(entry);
  }
  return entries.reverse();
}

function entryOf(event: TimelineEvent, reader: Account | undefined): TimelineEntry {
  return {
    id: event.id,
    at: event.at,
    who: whoDid(event.actor, reader),
    details: detailsOf(event),
    ...headingOf(event),
  };
}

function headingOf(event: TimelineEvent): { title: string; mark: Mark; tone: Tone } {
  if (event.kind === "order.created") return { title: "Order placed", mark: "pending", tone: "neutral" };
  if (event.status && event.previousStatus && event.status !== event.previousStatus) {
    const { label, tone } = statusLook(event.status);
    const back = event.reason && event.status !== "cancelled";
    return { title: back ? `Set back to ${label.toLowerCase()}` : label, mark: event.status, tone };
  }
  const payment = event.paymentStatus ? PAYMENTS[event.paymentStatus] : undefined;
  if (payment) return { ...payment, mark: "payment" };
  const parcel = event.shipments?.[0];
  if (parcel)
    return {
      title: `Parcel ${parcel.parcel} ${PARCELS[parcel.status]}`,
      mark: "parcel",
      tone: parcel.status === "attempted" || parcel.status === "returned" ? "warning" : "info",
    };
  if (event.partner) return { title: `${event.partner.name} brings it`, mark: "person", tone: "info" };
  if (event.trackingNumber) return { title: "Tracking number", mark: "parcel", tone: "info" };
  if (event.estimatedDelivery) return { title: "Expected delivery set", mark: "calendar", tone: "info" };
  if (event.location) return { title: "Location updated", mark: "place", tone: "info" };
  return { title: event.note ? "Note" : "Order changed", mark: "note", tone: "neutral" };
}

function detailsOf(event: TimelineEvent): string[] {
  const details: string[] = [];
  const moved = event.status !== event.previousStatus;
  if (event.reason) details.push(`“${event.reason}”`);
  if (event.note) details.push(event.note);
  if (moved && event.partner) details.push(`${event.partner.name} brings it`);
  if (event.trackingNumber) details.push(`Tracking number ${event.trackingNumber}`);
  if (event.estimatedDelivery && event.kind !== "order.created") {
    details.push(`Expected ${formatMoment(event.estimatedDelivery)}`);
  }
  return details;
}
