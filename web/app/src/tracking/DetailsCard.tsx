import type { Address, Order, OrderPayment } from "@ordercast/client";

import { Card, formatMoment } from "../ui";
import { LOCALE } from "../ui/locale";
import styles from "./DetailsCard.module.css";

const PAID: Record<string, string> = {
  paid: "Paid",
  pending: "Due",
  authorized: "Authorized",
  refunded: "Refunded",
  failed: "Failed",
  none: "Nothing due",
};

function payment({ method, status }: OrderPayment): string {
  if (method === "cash_on_delivery")
    return status === "pending" ? "Cash on delivery" : `Cash on delivery, ${(PAID[status] ?? status).toLowerCase()}`;
  return `Online, ${(PAID[status] ?? status).toLowerCase()}`;
}

export function DetailsCard({ order }: { order: Order }) {
  return (
    <Card title="Details">
      <dl className={styles.details}>
        {order.shippingAddress && (
          <div>
            <dt>Goes to</dt>
            <dd>
              <address className={styles.address}>
                {linesOf(order.shippingAddress).map((line) => (
                  <span key={line}>{line}</span>
                ))}
              </address>
            </dd>
          </div>
        )}
        {order.payment && (
          <div>
            <dt>Payment</dt>
            <dd>{payment(order.payment)}</dd>
          </div>
        )}
        {order.trackingNumber && (
          <div>
            <dt>Tracking number</dt>
            <dd className={styles.code}>{order.trackingNumber}</dd>
          </div>
        )}
        <div>
          <dt>Placed</dt>
          <dd>{formatMoment(order.createdAt)}</dd>
        </div>
      </dl>
    </Card>
  );
}

function linesOf({ name, line1, line2, postalCode, city, region, country }: Address): string[] {
  return [
    name,
    line1,
    line2,
    [postalCode, city].filter(Boolean).join(" "),
    [region, countryName(country)].filter(Boolean).join(", "),
  ].filter((line): line is string => Boolean(line));
}

/** "Germany", of `DE`; whatever else was written stays as it is. */
function countryName(country: string | null | undefined): string | null | undefined {
  if (!country || !/^[A-Z]{2}$/.test(country)) return country;
  return new Intl.DisplayNames(LOCALE, { type: "region", fallback: "code" }).of(country);
}
