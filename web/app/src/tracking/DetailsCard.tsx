import type { Order, OrderPayment } from "@ordercast/client";

import { addressLines } from "../orders/address";
import { useTimes } from "../time/useTimes";
import { Card } from "../ui";
import styles from "./DetailsCard.module.css";

const PAYMENT_STATUS: Record<string, string> = {
  paid: "Paid",
  pending: "Due",
  authorized: "Authorized",
  refunded: "Refunded",
  failed: "Failed",
  none: "Nothing due",
};

function paymentLabel({ method, status }: OrderPayment): string {
  if (method === "cash_on_delivery")
    return status === "pending"
      ? "Cash on delivery"
      : `Cash on delivery, ${(PAYMENT_STATUS[status] ?? status).toLowerCase()}`;
  return `Online, ${(PAYMENT_STATUS[status] ?? status).toLowerCase()}`;
}

export function DetailsCard({ order }: { order: Order }) {
  const times = useTimes();
  return (
    <Card title="Details">
      <dl className={styles.details}>
        {order.shippingAddress && (
          <div>
            <dt>Delivering to</dt>
            <dd>
              <address className={styles.address}>
                {addressLines(order.shippingAddress).map((line) => (
                  <span key={line}>{line}</span>
                ))}
              </address>
            </dd>
          </div>
        )}
        {order.payment && (
          <div>
            <dt>Payment</dt>
            <dd>{paymentLabel(order.payment)}</dd>
          </div>
        )}
        {order.trackingNumber && (
          <div>
            <dt>Tracking number</dt>
            <dd className={styles.code}>{order.trackingNumber}</dd>
          </div>
        )}
        {order.reference && (
          <div>
            <dt>Reference</dt>
            <dd className={styles.code}>{order.reference}</dd>
          </div>
        )}
        <div>
          <dt>Placed</dt>
          <dd>{times.dateTime(order.createdAt)}</dd>
        </div>
      </dl>
    </Card>
  );
}
