import type { Order } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useState } from "react";

import { failedToastId } from "../orders/failedToast";
import { isOutcomeUnknown } from "../api/http";
import { Banner, Button, Field, TextArea, toast } from "../ui";
import { Dialog } from "../ui/Dialog";

interface CancelFailure {
  detail: string;
  /** It is unknown whether the order was cancelled. */
  isUnknown: boolean;
}

/** Asks for confirmation and an optional reason, and shows why a cancellation was refused. */
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
  const [failure, setFailure] = useState<CancelFailure>();

  async function cancel() {
    setBusy(true);
    // Keep the focused button during a retry.
    setFailure((before) => (before?.isUnknown ? before : undefined));
    // Cancel any version: the server decides whether that is still possible.
    const result = await orders.cancel(order.id, {
      ...(reason.trim() && { reason: reason.trim() }),
      expectedVersion: null,
    });
    setBusy(false);
    if (result.ok) {
      toast.close(failedToastId(order.id, "cancelled"));
      return onOpenChange(false);
    }
    const { detail } = result.problem;
    const isUnknown = isOutcomeUnknown(result.problem);
    setFailure({ detail, isUnknown });
    toast.error(isUnknown ? "We don’t know yet whether your order was cancelled" : "Your order was not cancelled", {
      id: failedToastId(order.id, "cancelled"),
      description: `Order #${order.number}: ${detail}`,
    });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        onOpenChange(next);
        if (!next) setFailure(undefined);
      }}
      // The button that opened the dialog is gone after a cancellation.
      finalFocus={() => (order.status === "cancelled" ? document.querySelector("h1") : true)}
      title={`Cancel order #${order.number}?`}
      description="Nothing will be delivered. This cannot be undone."
      actions={
        <>
          <Button onClick={() => onOpenChange(false)}>{failure ? "Close" : "Keep order"}</Button>
          {(!failure || failure.isUnknown) && (
            <Button variant="danger" busy={busy} onClick={() => void cancel()}>
              {failure ? "Try again" : "Cancel order"}
            </Button>
          )}
        </>
      }
    >
      {failure ? (
        <Banner
          severity="error"
          title={failure.isUnknown ? "We don’t know yet whether it was cancelled" : "It was not cancelled"}
        >
          {failure.detail}
        </Banner>
      ) : (
        <Field label="Reason" optional hint="Shared with the store.">
          {(controlProps) => (
            <TextArea
              {...controlProps}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
      )}
    </Dialog>
  );
}
