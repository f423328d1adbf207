import type { Order, TimelineEvent } from "@ordercast/client";

import type { Times } from "../time/times";

/** The main text of the tracking page. */
export interface Headline {
  /** Small text above the title. */
  eyebrow: string;
  title: string;
  /** Shown after the title, in a lighter color. */
  time?: string;
  /** A sentence below the title. */
  detail?: string;
}

// An order counts as late only after this time.
const GRACE_MS = 15 * 60_000;

const CANCELLED_BY: Record<NonNullable<Order["cancellation"]>["by"], string> = {
  customer: "by you",
  staff: "by the store",
  driver: "by the driver",
  gateway: "by the payment provider",
  system: "automatically",
  outside: "by the store",
};

export function headlineOf(order: Order, timeline: readonly TimelineEvent[], now: number, times: Times): Headline {
  if (order.status === "cancelled") {
    const { by, at, reason } = order.cancellation ?? {};
    return {
      eyebrow: at ? times.dateTime(at) : "This order was",
      title: "Cancelled",
      detail:
        [by && `Cancelled ${CANCELLED_BY[by]}`, reason && `“${reason}”`].filter(Boolean).join(": ") ||
        "Nothing will be delivered.",
    };
  }
  if (order.status === "delivered") {
    const arrived =
      timeline.findLast((event) => event.status === "delivered" && event.previousStatus !== "delivered")?.at ??
      order.updatedAt;
    return {
      eyebrow: "Delivered",
      title: times.day(arrived, now),
      time: `at ${times.time(arrived)}`,
      detail: "Enjoy!",
    };
  }
  const out = order.shipments.some((parcel) => parcel.status === "out_for_delivery");
  if (order.estimatedDelivery) {
    const at = Date.parse(order.estimatedDelivery);
    const late = now > at + GRACE_MS;
    return {
      eyebrow: late ? "Was expected" : out ? "Out for delivery, expected" : "Expected",
      title: times.day(at, now),
      time: `by ${times.time(at)}`,
      ...(late && { detail: "It’s running late. We’ll show a new arrival time as soon as the store sets one." }),
    };
  }
  if (
    order.status === "pending" &&
    order.payment?.method === "online" &&
    order.payment.status !== "paid" &&
    order.payment.status !== "authorized"
  ) {
    return {
      eyebrow: "Almost done",
      title: "Waiting for payment",
      detail: "The store has not received your payment yet.",
    };
  }
  const pendingEta = "We’ll show an arrival time as soon as the store sets one.";
  if (out) return { eyebrow: "Out for delivery", title: "Almost there", detail: pendingEta };
  switch (order.status) {
    case "processing":
      return { eyebrow: "In progress", title: "Being prepared", detail: pendingEta };
    case "shipped":
      return { eyebrow: "Shipped", title: "On its way", detail: pendingEta };
    default:
      return { eyebrow: "Thank you", title: "We have your order", detail: pendingEta };
  }
}
