import { KeyRound, Mail, Phone } from "lucide-react";
import { useState } from "react";

import { addressLines } from "../../orders/address";
import { Badge, Button, Card } from "../../ui";
import { ResetLinkDialog } from "../accounts/ResetLinkDialog";
import type { Order } from "../data/types";
import { cashIsDue } from "../orders/status";
import styles from "./OrderPage.module.css";

/** The customer, the delivery address and the payment. */
export function CustomerCard({ order }: { order: Order }) {
  const { customer, shippingAddress: address, payment } = order;
  const lines = address && addressLines(address);
  const [resetting, setResetting] = useState(false);
  return (
    <Card title="Customer">
      <dl className={styles.facts}>
        <div>
          <dt>Ordered by</dt>
          <dd>
            {customer?.name ?? "Customer"}
            {customer?.email && (
              <a href={`mailto:${customer.email}`}>
                <Mail aria-hidden="true" />
                {customer.email}
              </a>
            )}
            {address?.phone && (
              <a href={`tel:${address.phone.replace(/[^+\d]/g, "")}`}>
                <Phone aria-hidden="true" />
                {address.phone}
              </a>
            )}
          </dd>
        </div>
        {lines && (
          <div>
            <dt>Delivering to</dt>
            <dd>
              <address>
                {lines.map((line) => (
                  <span key={line}>{line}</span>
                ))}
              </address>
            </dd>
          </div>
        )}
        {order.reference && (
          <div>
            <dt>Order reference</dt>
            <dd className={styles.reference}>{order.reference}</dd>
          </div>
        )}
        {payment && (
          <div>
            <dt>Payment</dt>
            <dd className={styles.payment}>
              {payment.method === "cash_on_delivery" ? "Cash on delivery" : "Online"}
              <Badge tone={payment.status === "paid" ? "success" : payment.status === "failed" ? "error" : "neutral"}>
                {paymentLabel(order)}
              </Badge>
              {payment.reference && <span className={styles.reference}>{payment.reference}</span>}
            </dd>
          </div>
        )}
      </dl>
      {customer && (
        <Button size="sm" className={styles.reset ?? ""} onClick={() => setResetting(true)}>
          <KeyRound aria-hidden="true" />
          Password reset link…
        </Button>
      )}
      {customer && resetting && (
        <ResetLinkDialog
          customer={{ id: customer.id, name: customer.name ?? "the customer" }}
          onClose={() => setResetting(false)}
        />
      )}
    </Card>
  );
}

const PAYMENT_STATUS: Record<string, string> = {
  none: "Nothing due",
  pending: "Pending",
  authorized: "Authorized",
  paid: "Paid",
  refunded: "Refunded",
  failed: "Failed",
};

function paymentLabel(order: Order): string {
  if (cashIsDue(order)) return "Due";
  if (order.status === "cancelled" && order.payment?.status === "pending") return "Nothing due";
  const status = order.payment?.status ?? "none";
  return PAYMENT_STATUS[status] ?? status;
}
