import type { Order } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useState } from "react";

import { Banner, Button, Field, TextArea, toast } from "../ui";
import { Dialog } from "../ui/Dialog";

/** Asks once, takes a reason, and says why when it is refused. */
export default function CancelDialog({ order, open, onOpenChange }: { order: Order; open: boolean; onOpenChange: (open: boolean) => void }) {
  const { orders } = useOrdercast();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();

  async function cancel() {
    setBusy(true);
    setRefused(undefined);
    // Whatever version it is by now: the customer wants it gone, and the server knows whether that may be.
    const result = await orders.cancel(order.id, { ...(reason.trim() && { reason: reason.trim() }), expectedVersion: null });
    setBusy(false);
    if (result.ok) return onOpenChange(false);
    setRefused(result.problem.detail);
    toast.error("Your order was not cancelled", { description: result.problem.detail });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        onOpenChange(next);
        if (!next) setRefused(undefined);
      }}
      // The button that asked goes with what it did.
      finalFocus={() => (order.status === "cancelled" ? document.querySelector("h1") : true)}
      title={`Cancel order #${order.number}?`}
      description="Nothing will be delivered, and this cannot be undone."
      actions={
        <>
          <Button onClick={() => onOpenChange(false)}>{refused ? "Close" : "Keep it"}</Button>
          {!refused && (
            <Button look="danger" busy={busy} onClick={() => void cancel()}>
              Yes, cancel it
            </Button>
          )}
        </>
      }
    >
      {refused ? (
        <Banner severity="error" title="It was not cancelled">
          {refused}
        </Banner>
      ) : (
        <Field label="Why" optional hint="The store reads it.">
          {(bound) => <TextArea {...bound} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      )}
    </Dialog>
  );
}
