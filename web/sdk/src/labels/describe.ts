// An event as a person is told of it: the words and colours of rows A6, A7, A8, B3, C2 and C5.

import type { OrderEvent } from "../live/events.js";
import type { Role, Severity, Status } from "../model.js";
import { STATUS_SEVERITY } from "./status.js";

/** A toast. */
export interface Description {
  message: string;
  severity: Severity;
}

export interface DescribeOptions {
  /** The page shows this very order (row C2). */
  isTracked?: boolean;
}

/** What to say of an event to a role; null where it is nothing to be told of at once, such as where a parcel is. */
export function describe(event: OrderEvent, role: Role, options: DescribeOptions = {}): Description | null {
  const number = `#${event.orderNumber}`;
  if (event.kind === "order.created") {
    if (role === "customer") return { message: "Order placed", severity: "success" };
    return { message: `New order ${number} from ${event.customer?.name ?? "customer"}!`, severity: "info" };
  }
  if (event.status === "cancelled" && event.previousStatus !== "cancelled") {
    if (role === "customer") return { message: "Order cancelled", severity: "warning" };
    return { message: `Order ${number} cancelled by ${canceller(event)}`, severity: "warning" };
  }
  if (event.status !== event.previousStatus) {
    if (role === "customer" && options.isTracked === true) {
      return { message: `Order status updated to: ${event.status}`, severity: "success" };
    }
    const severity = STATUS_SEVERITY[event.status];
    if (role === "customer") return { message: `Order status: ${event.status}`, severity };
    return { message: `Order ${number} status: ${event.status}`, severity };
  }
  return unmoved(event, role, number);
}

function canceller({ actor }: OrderEvent): string {
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

/** The status stayed. */
function unmoved(event: OrderEvent, role: Role, number: string): Description | null {
  const whose = role === "customer" ? "Your order" : `Order ${number}`;
  if (event.paymentStatus === "failed") return { message: `${whose}: the payment failed`, severity: "error" };
  if (event.paymentStatus === "paid") return { message: `${whose}: payment received`, severity: "success" };
  if (event.paymentStatus === "refunded") return { message: `${whose}: payment refunded`, severity: "info" };
  const parcel = event.shipments?.[0]?.status;
  if (parcel === "out_for_delivery") return { message: `${whose} is out for delivery`, severity: "info" };
  if (parcel === "attempted") return { message: `${whose}: nobody was there to take it`, severity: "warning" };
  if (parcel === "returned") return { message: `${whose}: the parcel came back`, severity: "warning" };
  if (event.trackingNumber)
    return { message: `${whose} has a tracking number: ${event.trackingNumber}`, severity: "info" };
  if (event.estimatedDelivery) return { message: `${whose} has a new expected delivery`, severity: "info" };
  if (event.partner) return { message: `${whose} is brought by ${event.partner.name}`, severity: "info" };
  return null;
}

/**
 * Row C5: what to tell whoever changed a status, with how many of the customer's connections heard of it.
 * `channels`: by which others the customer hears of it, such as `["e-mail"]`; the notification centre is always one.
 */
export function describeOutcome(status: Status, live: number | null, channels: readonly string[] = []): Description {
  const changed = `Order status updated to ${status}.`;
  if (live === null) return { message: changed, severity: "success" };
  if (live > 0) return { message: `${changed} Customer will be notified in real-time!`, severity: "success" };
  const ways = [...channels, "their notifications"];
  const by = ways.length > 1 ? `${ways.slice(0, -1).join(", ")} and ${ways[ways.length - 1]}` : ways[0];
  return { message: `${changed} Customer is offline and will hear of it by ${by}.`, severity: "info" };
}
