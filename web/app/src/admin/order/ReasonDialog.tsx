import { useState } from "react";

import { statusName } from "../../orders/status";
import { Button, Field, TextArea } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import type { Order } from "../data/types";
import type { Status } from "../orders/status";
import styles from "./OrderPage.module.css";

export interface ReasonDialogProps {
  status: Status;
  order: Order;
  /** Resolves to whether the change was saved. */
  onSubmit: (reason: string) => Promise<boolean>;
  onClose: () => void;
}

/** Asks for a reason. Moving back requires one; for a cancellation it is optional and shown to the customer. */
export function ReasonDialog({ status, order, onSubmit, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState("");
  const [showErrors, setShowErrors] = useState(false);
  const [busy, setBusy] = useState(false);
  const isCancel = status === "cancelled";
  const missing = !isCancel && reason.trim() === "";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isCancel ? `Cancel order #${order.number}?` : `Move order #${order.number} back to ${statusName(status)}`}
      description={
        isCancel
          ? "A cancelled order cannot be reopened. Reserved items return to stock."
          : "Use this to correct a mistake. The customer sees the new status."
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setShowErrors(true);
          if (missing || busy) return;
          setBusy(true);
          // Close on refusal too: the page shows the error and the fields to correct.
          void onSubmit(reason).finally(onClose);
        }}
      >
        <Field
          label="Reason"
          optional={isCancel}
          hint={isCancel ? "Shared with the customer." : undefined}
          error={showErrors && missing ? "Enter a reason." : undefined}
        >
          {(controlProps) => (
            <TextArea
              {...controlProps}
              autoFocus
              rows={2}
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        <div className={styles.dialogActions}>
          <Button onClick={onClose}>{isCancel ? "Keep order" : "Keep status"}</Button>
          <Button type="submit" variant={isCancel ? "danger" : "primary"} busy={busy}>
            {isCancel ? "Cancel order" : `Move back to ${statusName(status)}`}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
