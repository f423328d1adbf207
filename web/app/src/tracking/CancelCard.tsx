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
  const ask = () => {
    setAsked(true);
    setAsking(true);
  };
  if (account?.role !== "customer") return null;
  return (
    <>
      {!isFinal(order.status) && (
        <Card title="Changed your mind?">
          <p className={styles.words}>
            {order.canCancel
              ? "You can cancel until we begin with your order."
              : "Processing has started, so it cannot be cancelled here any more. Ask the store."}
          </p>
          {order.canCancel && (
            <Button
              look="danger"
              wide
              busy={isPending}
              onPointerEnter={() => void load()}
              onFocus={() => void load()}
              onClick={ask}
            >
              Cancel order
            </Button>
          )}
        </Card>
      )}
      {/* Outlives the button, at one place: a refusal is told in it, also when the order has moved on. */}
      {asked && (
        <Suspense>
          <CancelDialog order={order} open={asking} onOpenChange={setAsking} />
        </Suspense>
      )}
    </>
  );
}
