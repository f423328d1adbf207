// Toasts: what to tell a person about an event.

import type { OrderEvent } from "../live/events.js";
import type { Role, Severity, Status } from "../model.js";
import { STATUS_SEVERITY } from "./status.js";

/** A toast. */
export interface Description {
  message: string;
  severity: Severity;
}

export interface DescribeOptions {
  /** The page shows this order. */
  isTracked?: boolean;
}

/** The toast of an event for a role; null for events that need no toast, such as a new location of a parcel. */
export function describe(event: OrderEvent, role: Role, options: DescribeOptions = {}): Description | null {
  const number = `#${event.orderNumber}`;
  if (event.kind === "order.created") {
    if (role === "customer") return { message: "Order placed", severity: "success" };
    return { message: `New order ${number} from ${event.customer?.name ?? "customer"}!`, severity: "info" };
  }
  if (event.status === "cancelled" && event.previousStatus !== "cancelled") {
    if (role === "customer") return { message: "Order cancelled", severity: "warning" };
    return { message: `Order ${number} cancelled by ${cancelledBy(event)}`, severity: "warning" };
  }
  if (event.status !== event.previousStatus) {
    if (role === "customer" && options.isTracked === true) {
      return { message: `Order status updated to: ${event.status}`, severity: "success" };
    }
    const severity = STATUS_SEVERITY[event.status];
    if (role === "customer") return { message: `Order status: ${event.status}`, severity };
    return { message: `Order ${number} status: ${event.status}`, severity };
  }
  return describeFacts(event, role, number);
}

function cancelledBy({ actor }: OrderEvent): string {
  if (actor.origin === "customer") return "customer";
  return actor.name ?? ORIGINS[actor.origin];
}

const ORIGINS: Record<OrderEvent["actor"]["origin"], string> = {
  customer: "customer",
  staff: "staff",
  driver: "driver",
  gateway: "the payment provider",
  system: "the system",
  outside: "another program",
};

/** The toast of an event that left the status unchanged. */
function describeFacts(event: OrderEvent, role: Role, number: string): Description | null {
  const order = role === "customer" ? "Your order" : `Order ${number}`;
  if (event.paymentStatus === "failed") return { message: `${order}: the payment failed`, severity: "error" };
  if (event.paymentStatus === "paid") return { message: `${order}: payment received`, severity: "success" };
  if (event.paymentStatus === "refunded") return { message: `${order}: payment refunded`, severity: "info" };
  const parcel = event.shipments?.[0]?.status;
  if (parcel === "out_for_delivery") return { message: `${order} is out for delivery`, severity: "info" };
  if (parcel === "attempted") return { message: `${order}: delivery attempted`, severity: "warning" };
  if (parcel === "returned") return { message: `${order}: the parcel was returned`, severity: "warning" };
  if (event.trackingNumber)
    return { message: `${order} has a tracking number: ${event.trackingNumber}`, severity: "info" };
  if (event.estimatedDelivery) return { message: `${order} has a new delivery time`, severity: "info" };
  if (event.partner) return { message: `${event.partner.name} will deliver ${lower(order)}`, severity: "info" };
  return null;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/**
 * The toast for the person who changed a status. `live`: how many of the customer's connections received the change.
 * `channels`: further channels that reach the customer, such as `["e-mail"]`; the notification center always does.
 */
export function describeOutcome(status: Status, live: number | null, channels: readonly string[] = []): Description {
  const changed = `Order status updated to ${status}.`;
  if (live === null) return { message: changed, severity: "success" };
  if (live > 0) return { message: `${changed} Customer will be notified in real-time!`, severity: "success" };
  const reach =
    channels.length === 0
      ? "will see it in their notifications"
      : `will be notified by ${channels.join(", ")} and in their notifications`;
  return { message: `${changed} Customer is offline and ${reach}.`, severity: "info" };
}
