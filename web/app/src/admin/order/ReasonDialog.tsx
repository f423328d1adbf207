import { useState } from "react";

import { Button, Field, TextArea } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import type { Order } from "../data/types";
import type { Status } from "../orders/status";
import styles from "./OrderPage.module.css";

export interface ReasonDialogProps {
  status: Status;
  order: Order;
  /** Answers whether it was done. */
  onSubmit: (reason: string) => Promise<boolean>;
  onClose: () => void;
}

/** Asks why: a correction must say so, and of a cancellation the customer reads it. */
export function ReasonDialog({ status, order, onSubmit, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const cancels = status === "cancelled";
  const missing = !cancels && reason.trim() === "";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={cancels ? `Cancel order #${order.number}?` : `Set order #${order.number} back to ${status}`}
      description={
        cancels
          ? "It cannot be taken up again. What was reserved goes back on the shelf."
          : "Going back corrects a mistake. The customer sees the status change."
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (missing || busy) return;
          setBusy(true);
          // Done or refused, the page tells: a refusal may need its other fields.
          void onSubmit(reason).finally(onClose);
        }}
      >
        <Field
          label="Reason"
          optional={cancels}
          hint={cancels ? "The customer reads it." : undefined}
          error={tried && missing ? "Say what was wrong." : undefined}
        >
          {(bound) => (
            <TextArea
              {...bound}
              autoFocus
              rows={2}
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        <div className={styles.dialogActions}>
          <Button onClick={onClose}>{cancels ? "Keep the order" : "Leave it"}</Button>
          <Button type="submit" look={cancels ? "danger" : "primary"} busy={busy}>
            {cancels ? "Cancel order" : `Set to ${status}`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
