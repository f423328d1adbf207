import type { Order } from "@ordercast/client";
import { lazy, Suspense, useState } from "react";

import { isFinal } from "../orders/status";
import { useSession } from "../session/session";
import { Button, Card } from "../ui";
import styles from "./CancelCard.module.css";

const load = () => import("./CancelDialog");
const CancelDialog = lazy(load);

/** Calling it off, while that may be; why it may not, once it may not. */
export function CancelCard({ order, isPending }: { order: Order; isPending: boolean }) {
  const { account } = useSession();
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState(false);
  const dialog = asked && (
    <Suspense>
      <CancelDialog order={order} open={asking} onOpenChange={setAsking} />
    </Suspense>
  );
  const ask = () => {
    setAsked(true);
    setAsking(true);
  };
  // The dialog outlives the button: a refusal is told in it, also when the order has moved on.
  if (account?.role !== "customer" || (isFinal(order.status) && !asking)) return null;
  if (!order.canCancel) {
    return (
      <Card title="Changed your mind?">
        <p className={styles.words}>Processing has started, so it cannot be cancelled here any more. Ask the store.</p>
        {dialog}
      </Card>
    );
  }
  return (
    <Card title="Changed your mind?">
      <p className={styles.words}>You can cancel until we begin with your order.</p>
      <Button look="danger" wide busy={isPending} onPointerEnter={() => void load()} onFocus={() => void load()} onClick={ask}>
        Cancel order
      </Button>
      {dialog}
    </Card>
  );
}
