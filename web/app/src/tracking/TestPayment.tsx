import type { Order } from "@ordercast/client";
import { useNow, useOrdercast } from "@ordercast/react";
import { FlaskConical } from "lucide-react";
import { useState } from "react";

import { messageOf } from "../api/http";
import { useTimes } from "../time/useTimes";
import { Badge, Banner, Button, Card, formatMoney } from "../ui";
import { reservationNote } from "./reservation";
import styles from "./TestPayment.module.css";

/** The simulated payment of a demo shop, with both outcomes. */
export default function TestPayment({ order }: { order: Order }) {
  const { api } = useOrdercast();
  const times = useTimes();
  const [busy, setBusy] = useState<"paid" | "failed">();
  const [refused, setRefused] = useState<string>();
  const failed = order.payment?.status === "failed";

  async function pay(outcome: "paid" | "failed") {
    setBusy(outcome);
    setRefused(undefined);
    try {
      // The result arrives as a live event.
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
      {failed && <Banner severity="error">The payment failed and nothing was charged. Try again.</Banner>}
      {refused && <Banner severity="error">{refused}</Banner>}
      <p className={styles.text}>
        This is a demo: no money is charged. Choose the result of the payment.{" "}
        {reservationNote(order.payment, useNow(), times)}
      </p>
      <div className={styles.actions}>
        <Button
          variant="primary"
          size="lg"
          busy={busy === "paid"}
          disabled={busy === "failed"}
          onClick={() => void pay("paid")}
        >
          Pay {order.total ? formatMoney(order.total) : ""}
        </Button>
        <Button size="lg" busy={busy === "failed"} disabled={busy === "paid"} onClick={() => void pay("failed")}>
          Simulate a failure
        </Button>
      </div>
    </Card>
  );
}
