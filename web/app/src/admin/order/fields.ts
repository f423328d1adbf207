// The editable fields of an order as form text, and the requests that save them.

import type { Order, SetDelivery, SetStatus } from "../data/types";
import type { Status } from "../orders/status";
import { instantAt, wallClock } from "../../time/zone";
import { dirtyFields, type Fields } from "./conflict";

export const FIELDS = [
  "trackingNumber",
  "estimatedDelivery",
  "partnerName",
  "partnerPhone",
  "location",
  "note",
] as const;
export type Field = (typeof FIELDS)[number];
export type Draft = Partial<Record<Field, string>>;

export const FIELD_NAMES: Record<Field | "status", string> = {
  status: "Status",
  trackingNumber: "Tracking number",
  estimatedDelivery: "Expected delivery",
  partnerName: "Delivery partner",
  partnerPhone: "Partner’s phone",
  location: "Location",
  note: "Internal note",
};

export function fieldsOf(order: Order, timeZone: string): Record<Field, string> {
  const { partner, location } = order.delivery ?? {};
  return {
    trackingNumber: order.trackingNumber ?? "",
    estimatedDelivery: order.estimatedDelivery ? wallClock(timeZone, Date.parse(order.estimatedDelivery)) : "",
    partnerName: partner?.name ?? "",
    partnerPhone: partner?.phone ?? "",
    location: location ? formatLocation(location) : "",
    // A note is appended to the timeline; the field is for the next one.
    note: "",
  };
}

export interface GeoPoint {
  latitude: number;
  longitude: number;
}

export function formatLocation({ latitude, longitude }: GeoPoint): string {
  return `${latitude}, ${longitude}`;
}

export function parseLocation(text: string): GeoPoint | undefined {
  const [latitude, longitude, ...more] = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (latitude === undefined || longitude === undefined || more.length > 0) return undefined;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

/** Validation messages by field. The API can clear no field but the phone number. */
export function errorsOf(base: Fields, draft: Draft, timeZone: string): Partial<Record<Field, string>> {
  const dirty: Draft = dirtyFields(base, draft);
  const errors: Partial<Record<Field, string>> = {};
  for (const field of ["trackingNumber", "estimatedDelivery", "location"] as const) {
    if (dirty[field] !== undefined && dirty[field].trim() === "")
      errors[field] = "The customer has already seen this. Change it instead of clearing it.";
  }
  if (dirty.estimatedDelivery && instantAt(timeZone, dirty.estimatedDelivery) === undefined)
    errors.estimatedDelivery = "Choose a date and a time.";
  if (dirty.location && !parseLocation(dirty.location))
    errors.location = "Enter latitude and longitude, such as 53.55, 9.99.";
  const name = (draft.partnerName ?? base["partnerName"] ?? "").trim();
  if ((dirty.partnerName !== undefined || dirty.partnerPhone !== undefined) && name === "")
    errors.partnerName = "Enter the delivery partner’s name.";
  return errors;
}

export type Command =
  | { type: "delivery"; body: SetDelivery; fields: readonly Field[] }
  | { type: "status"; body: SetStatus; fields: readonly Field[] };

export interface StatusChange {
  status?: Status;
  reason?: string;
}

/**
 * The requests that save the draft. The delivery partner is sent first, so that the shipping notification can name
 * them. The expected time is sent with a status change, so that the customer gets one notification.
 */
export function commandsFor(order: Order, draft: Draft, requested: StatusChange, timeZone: string): Command[] {
  const base = fieldsOf(order, timeZone);
  const dirty: Draft = dirtyFields(base, draft);
  const commands: Command[] = [];
  const viaStatus = requested.status !== undefined || dirty.trackingNumber !== undefined || dirty.note !== undefined;

  const delivery: SetDelivery = {};
  const deliveryFields: Field[] = [];
  if (dirty.partnerName !== undefined || dirty.partnerPhone !== undefined) {
    const phone = (draft.partnerPhone ?? base.partnerPhone).trim();
    delivery.partner = { name: (draft.partnerName ?? base.partnerName).trim(), ...(phone && { phone }) };
    deliveryFields.push("partnerName", "partnerPhone");
  }
  const point = dirty.location === undefined ? undefined : parseLocation(dirty.location);
  if (point) {
    delivery.location = point;
    deliveryFields.push("location");
  }
  const expectedAt = dirty.estimatedDelivery === undefined ? undefined : instantAt(timeZone, dirty.estimatedDelivery);
  const estimatedDelivery = expectedAt === undefined ? undefined : new Date(expectedAt).toISOString();
  if (estimatedDelivery && !viaStatus) {
    delivery.estimatedDelivery = estimatedDelivery;
    deliveryFields.push("estimatedDelivery");
  }
  if (deliveryFields.length > 0) commands.push({ type: "delivery", body: delivery, fields: deliveryFields });

  if (viaStatus) {
    const fields: Field[] = ["trackingNumber", "note"];
    const body: SetStatus = { status: requested.status ?? order.status };
    if (dirty.trackingNumber) body.trackingNumber = dirty.trackingNumber.trim();
    if (dirty.note?.trim()) body.note = dirty.note.trim();
    if (requested.reason?.trim()) body.reason = requested.reason.trim();
    if (estimatedDelivery) {
      body.estimatedDelivery = estimatedDelivery;
      fields.push("estimatedDelivery");
    }
    commands.push({ type: "status", body, fields });
  }
  return commands;
}
