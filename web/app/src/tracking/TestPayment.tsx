import type { Order } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { FlaskConical } from "lucide-react";
import { useState } from "react";

import { messageOf } from "../api/http";
import { Badge, Banner, Button, Card, formatClock, formatMoney } from "../ui";
import styles from "./TestPayment.module.css";

// The server lets go of an unpaid order's goods after this.
const EXPIRES = 15 * 60_000;

/** A demo's payment: plays both outcomes, moves no money, and says so. */
export default function TestPayment({ order }: { order: Order }) {
  const { api } = useOrdercast();
  const [busy, setBusy] = useState<"paid" | "failed">();
  const [refused, setRefused] = useState<string>();
  const failed = order.payment?.status === "failed";

  async function pay(outcome: "paid" | "failed") {
    setBusy(outcome);
    setRefused(undefined);
    try {
      // What became of it comes live, as everything about the order does.
      await api.POST("/api/v1/orders/{order}/test-payment", {
        params: { path: { order: order.id } },
        body: { outcome },
      });
    } catch (error) {
      setRefused(messageOf(error));
    }
    setBusy(undefined);
  }

  return (
    <Card
      title="Pay for your order"
      action={
        <Badge tone="warning">
          <FlaskConical aria-hidden="true" /> Test payment
        </Badge>
      }
      className={styles.card}
    >
      {failed && <Banner severity="error">The payment failed. Nothing was charged; try again.</Banner>}
      {refused && <Banner severity="error">{refused}</Banner>}
      <p className={styles.words}>
        This is a demo: no money moves. Choose how the payment ends. Unpaid, the order is cancelled at{" "}
        {formatClock(Date.parse(order.createdAt) + EXPIRES)}.
      </p>
      <div className={styles.actions}>
        <Button
          look="primary"
          size="lg"
          busy={busy === "paid"}
          disabled={busy === "failed"}
          onClick={() => void pay("paid")}
        >
          Pay {order.total ? formatMoney(order.total) : ""}
        </Button>
        <Button size="lg" busy={busy === "failed"} disabled={busy === "paid"} onClick={() => void pay("failed")}>
          Let it fail
        </Button>
      </div>
    </Card>
  );
}
