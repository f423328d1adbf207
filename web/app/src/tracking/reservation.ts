import type { OrderPayment } from "@ordercast/client";

import type { Times } from "../time/times";

/** What the customer may rely on while a payment is due: until when the server holds the items, and what comes after. */
export function reservationNote(payment: OrderPayment | null | undefined, now: number, times: Times): string {
  const until = payment?.reservedUntil;
  if (until && now < Date.parse(until)) {
    const day = times.isSameDay(until, now) ? "" : `${times.shortDate(until)}, `;
    return `The items are reserved for you until ${day}${times.time(until)}. After that they may sell out, and you can still pay.`;
  }
  return "The items are no longer reserved for you and may sell out. You can still pay.";
}
