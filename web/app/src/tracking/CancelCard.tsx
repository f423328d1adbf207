import { isFinal, type Order } from "@ordercast/client";
import { lazy, Suspense, useState } from "react";

import { once } from "../chunks/lazyChunk";
import { useSession } from "../session/session";
import { Button, Card } from "../ui";
import styles from "./CancelCard.module.css";

const load = once(() => import("./CancelDialog"));
const CancelDialog = lazy(load);

/** Cancels the order, or explains why it can no longer be cancelled. */
export function CancelCard({ order, isPending }: { order: Order; isPending: boolean }) {
  const { account } = useSession();
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  const openDialog = () => {
    setWasOpened(true);
    setOpen(true);
  };
  if (account?.role !== "customer") return null;
  return (
    <>
      {!isFinal(order.status) && (
        <Card title="Changed your mind?">
          <p className={styles.text}>
            {order.canCancel
              ? "You can cancel until we start preparing your order."
              : "Processing has started, so it can no longer be cancelled online. Contact the store."}
          </p>
          {order.canCancel && (
            <Button
              variant="danger"
              wide
              busy={isPending}
              onPointerEnter={() => void load()}
              onFocus={() => void load()}
              onClick={openDialog}
            >
              Cancel order
            </Button>
          )}
        </Card>
      )}
      {/* Stays mounted after the button is gone: the dialog shows a refusal even when the order has moved on. */}
      {wasOpened && (
        <Suspense>
          <CancelDialog order={order} open={isOpen} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}
