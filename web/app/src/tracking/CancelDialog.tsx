import type { Order } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useState } from "react";

import { mayHaveHappened } from "../api/http";
import { Banner, Button, Field, TextArea, toast } from "../ui";
import { Dialog } from "../ui/Dialog";

interface Failure {
  detail: string;
  /** Nobody knows whether it was done. */
  isUnknown: boolean;
}

/** Asks once, takes a reason, and says why when it is refused. */
export default function CancelDialog({
  order,
  open,
  onOpenChange,
}: {
  order: Order;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { orders } = useOrdercast();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<Failure>();

  async function cancel() {
    setBusy(true);
    // The button that has the focus stays while it is tried again.
    setFailed((before) => (before?.isUnknown ? before : undefined));
    // Whatever version it is by now: the customer wants it gone, and the server knows whether that may be.
    const result = await orders.cancel(order.id, {
      ...(reason.trim() && { reason: reason.trim() }),
      expectedVersion: null,
    });
    setBusy(false);
    if (result.ok) return onOpenChange(false);
    const { detail } = result.problem;
    const isUnknown = mayHaveHappened(result.problem);
    setFailed({ detail, isUnknown });
    toast.error(isUnknown ? "We do not know yet whether your order is cancelled" : "Your order was not cancelled", {
      description: detail,
    });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        onOpenChange(next);
        if (!next) setFailed(undefined);
      }}
      // The button that asked goes with what it did.
      finalFocus={() => (order.status === "cancelled" ? document.querySelector("h1") : true)}
      title={`Cancel order #${order.number}?`}
      description="Nothing will be delivered, and this cannot be undone."
      actions={
        <>
          <Button onClick={() => onOpenChange(false)}>{failed ? "Close" : "Keep it"}</Button>
          {(!failed || failed.isUnknown) && (
            <Button look="danger" busy={busy} onClick={() => void cancel()}>
              {failed ? "Try again" : "Yes, cancel it"}
            </Button>
          )}
        </>
      }
    >
      {failed ? (
        <Banner
          severity="error"
          title={failed.isUnknown ? "We do not know yet whether it is cancelled" : "It was not cancelled"}
        >
          {failed.detail}
        </Banner>
      ) : (
        <Field label="Why" optional hint="The store reads it.">
          {(bound) => (
            <TextArea {...bound} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
      )}
    </Dialog>
  );
}
