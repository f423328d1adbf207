// The fields of an order that staff can change, as a form has them, and which requests bring them to the server.

import type { Order, SetDelivery, SetStatus } from "../data/types";
import type { Status } from "../orders/status";
import { instantIn, wallClock } from "../time/zone";
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
    location: location ? formatPlace(location) : "",
    // Notes are lines of the timeline: the field is for the next one.
    note: "",
  };
}

export interface Place {
  latitude: number;
  longitude: number;
}

export function formatPlace({ latitude, longitude }: Place): string {
  return `${latitude}, ${longitude}`;
}

export function parsePlace(text: string): Place | undefined {
  const [latitude, longitude, ...more] = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (latitude === undefined || longitude === undefined || more.length > 0) return undefined;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

/** What cannot be saved as it is, by field. The API changes fields and empties none, but for a phone. */
export function errorsOf(base: Fields, draft: Draft, timeZone: string): Partial<Record<Field, string>> {
  const dirty: Draft = dirtyFields(base, draft);
  const errors: Partial<Record<Field, string>> = {};
  for (const field of ["trackingNumber", "estimatedDelivery", "location"] as const) {
    if (dirty[field] !== undefined && dirty[field].trim() === "")
      errors[field] = "The customer has seen it: it can be changed, not removed.";
  }
  if (dirty.estimatedDelivery && instantIn(timeZone, dirty.estimatedDelivery) === undefined)
    errors.estimatedDelivery = "Choose a day and a time.";
  if (dirty.location && !parsePlace(dirty.location))
    errors.location = "Write latitude and longitude, such as 53.55, 9.99.";
  const name = (draft.partnerName ?? base["partnerName"] ?? "").trim();
  if ((dirty.partnerName !== undefined || dirty.partnerPhone !== undefined) && name === "")
    errors.partnerName = "Who brings it?";
  return errors;
}

export type Command =
  | { type: "delivery"; body: SetDelivery; fields: readonly Field[] }
  | { type: "status"; body: SetStatus; fields: readonly Field[] };

export interface Wanted {
  status?: Status;
  reason?: string;
}

/**
 * The requests for what was changed. Who brings it goes first: whoever then reads that it has shipped reads by whom.
 * The expected time goes along with a status, so that the customer hears of both at once.
 */
export function commandsFor(order: Order, draft: Draft, wanted: Wanted, timeZone: string): Command[] {
  const base = fieldsOf(order, timeZone);
  const dirty: Draft = dirtyFields(base, draft);
  const commands: Command[] = [];
  const byStatus = wanted.status !== undefined || dirty.trackingNumber !== undefined || dirty.note !== undefined;

  const delivery: SetDelivery = {};
  const inDelivery: Field[] = [];
  if (dirty.partnerName !== undefined || dirty.partnerPhone !== undefined) {
    const phone = (draft.partnerPhone ?? base.partnerPhone).trim();
    delivery.partner = { name: (draft.partnerName ?? base.partnerName).trim(), ...(phone && { phone }) };
    inDelivery.push("partnerName", "partnerPhone");
  }
  const place = dirty.location === undefined ? undefined : parsePlace(dirty.location);
  if (place) {
    delivery.location = place;
    inDelivery.push("location");
  }
  const expected = dirty.estimatedDelivery === undefined ? undefined : instantIn(timeZone, dirty.estimatedDelivery);
  const estimatedDelivery = expected === undefined ? undefined : new Date(expected).toISOString();
  if (estimatedDelivery && !byStatus) {
    delivery.estimatedDelivery = estimatedDelivery;
    inDelivery.push("estimatedDelivery");
  }
  if (inDelivery.length > 0) commands.push({ type: "delivery", body: delivery, fields: inDelivery });

  if (byStatus) {
    const fields: Field[] = ["trackingNumber", "note"];
    const body: SetStatus = { status: wanted.status ?? order.status };
    if (dirty.trackingNumber) body.trackingNumber = dirty.trackingNumber.trim();
    if (dirty.note?.trim()) body.note = dirty.note.trim();
    if (wanted.reason?.trim()) body.reason = wanted.reason.trim();
    if (estimatedDelivery) {
      body.estimatedDelivery = estimatedDelivery;
      fields.push("estimatedDelivery");
    }
    commands.push({ type: "status", body, fields });
  }
  return commands;
}
