import type { Order, TimelineEvent } from "@ordercast/client";

import { formatClock, formatExpectedDay, formatMoment } from "../ui/time";

/** The first thing that somebody with thirty seconds reads. */
export interface Headline {
  /** Small, above. */
  eyebrow: string;
  /** Large. */
  words: string;
  /** Large as well, quieter: the hour. */
  hour?: string;
  /** A sentence, below. */
  detail?: string;
}

// An hour that is over by less is still "expected": nobody wants to be told of a minute.
const LATE = 15 * 60_000;

const BY: Record<NonNullable<Order["cancellation"]>["by"], string> = {
  customer: "by you",
  staff: "by the store",
  driver: "by the driver",
  gateway: "by the payment provider",
  system: "automatically",
  outside: "by the store",
};

export function headlineOf(order: Order, timeline: readonly TimelineEvent[], now: number): Headline {
  if (order.status === "cancelled") {
    const { by, at, reason } = order.cancellation ?? {};
    return {
      eyebrow: at ? formatMoment(at) : "This order was",
      words: "Cancelled",
      detail:
        [by && `Cancelled ${BY[by]}`, reason && `“${reason}”`].filter(Boolean).join(": ") ||
        "Nothing will be delivered.",
    };
  }
  if (order.status === "delivered") {
    const arrived =
      timeline.findLast((event) => event.status === "delivered" && event.previousStatus !== "delivered")?.at ??
      order.updatedAt;
    return {
      eyebrow: "Delivered",
      words: formatExpectedDay(Date.parse(arrived), now),
      hour: formatClock(arrived),
      detail: "Enjoy it.",
    };
  }
  const out = order.shipments.some((parcel) => parcel.status === "out_for_delivery");
  if (order.estimatedDelivery) {
    const at = Date.parse(order.estimatedDelivery);
    const late = now > at + LATE;
    return {
      eyebrow: late ? "Was expected" : out ? "Out for delivery, expected" : "Expected",
      words: formatExpectedDay(at, now),
      hour: `by ${formatClock(at)}`,
      ...(late && { detail: "It takes longer than expected. A new time appears here as soon as there is one." }),
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
      words: "Waiting for payment",
      detail: "We begin with your order once it is paid.",
    };
  }
  const soon = "The expected time appears here as soon as the store sets it.";
  if (out) return { eyebrow: "Out for delivery", words: "Almost there", detail: soon };
  switch (order.status) {
    case "processing":
      return { eyebrow: "In good hands", words: "Being prepared", detail: soon };
    case "shipped":
      return { eyebrow: "It has left the store", words: "On its way", detail: soon };
    default:
      return { eyebrow: "Thank you", words: "We have your order", detail: soon };
  }
}
