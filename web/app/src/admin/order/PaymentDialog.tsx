import { useState } from "react";

import { Button, formatMoney } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import type { Order } from "../data/types";

/** Asks before money is recorded as received: it cannot be taken back. */
export function PaymentDialog({
  order,
  onConfirm,
  onClose,
}: {
  order: Order;
  /** Resolves when the payment was recorded or refused. */
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const amount = order.total ? `${formatMoney(order.total)} ` : "";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Record the payment of order #${order.number}?`}
      description={`This says that ${amount}was received. The customer sees the order as paid.`}
      actions={
        <>
          <Button onClick={onClose}>Not yet</Button>
          <Button
            variant="primary"
            autoFocus
            busy={busy}
            onClick={() => {
              if (busy) return;
              setBusy(true);
              // Close on refusal too: a toast has the reason.
              void onConfirm().finally(onClose);
            }}
          >
            Record payment
          </Button>
        </>
      }
    />
  );
}
