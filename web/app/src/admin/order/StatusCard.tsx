import { Ban, CornerUpLeft, FastForward, Wallet } from "lucide-react";
import { useState } from "react";

import { statusName } from "../../orders/status";
import { ProgressTrack } from "../../tracking/ProgressTrack";
import { Button, Card, Field, StatusBadge, TextArea, TextField } from "../../ui";
import type { Order, TimelineEvent } from "../data/types";
import { Age } from "../orders/Age";
import { nextStatus, STATUS_ACTIONS, statusesOf, type ActionKind, type Status } from "../orders/status";
import { useLastTransitions } from "../orders/useLastTransitions";
import { ActionMenu } from "../ui/ActionMenu";
import styles from "./OrderPage.module.css";
import { PaymentDialog } from "./PaymentDialog";
import { ReasonDialog } from "./ReasonDialog";
import type { OrderEditor } from "./useOrderEditor";

/** The order's status and the actions that change it. */
export function StatusCard({
  order,
  timeline,
  editor,
}: {
  order: Order;
  timeline: readonly TimelineEvent[];
  editor: OrderEditor;
}) {
  const [askingFor, setAskingFor] = useState<Status>();
  const [isPaying, setPaying] = useState(false);
  return (
    <Card
      title="Status"
      action={
        <span className={styles.updated}>
          <StatusBadge status={order.status} /> <Age at={order.updatedAt} />
        </span>
      }
    >
      {order.status !== "cancelled" && <ProgressTrack order={order} timeline={timeline} />}
      {order.cancellation && <CancellationNote order={order} />}
      {order.status !== "cancelled" && (
        <OpenOrderActions {...{ order, editor }} onAskReason={setAskingFor} onPay={() => setPaying(true)} />
      )}
      {isPaying && (
        <PaymentDialog
          order={order}
          onConfirm={() => editor.save({ status: "paid" })}
          onClose={() => setPaying(false)}
        />
      )}
      {askingFor && (
        <ReasonDialog
          status={askingFor}
          order={order}
          onClose={() => setAskingFor(undefined)}
          onSubmit={(reason) =>
            askingFor === "cancelled" ? editor.cancel(reason) : editor.save({ status: askingFor, reason })
          }
        />
      )}
    </Card>
  );
}

/** The fields and actions of an order that is not cancelled. */
function OpenOrderActions({
  order,
  editor,
  onAskReason,
  onPay,
}: {
  order: Order;
  editor: OrderEditor;
  onAskReason: (status: Status) => void;
  onPay: () => void;
}) {
  const allowed = { allowedTransitions: useLastTransitions(order.allowedTransitions) };
  // The last known actions stay, disabled, while the current ones are unknown.
  const isBusy = editor.saving || order.allowedTransitions === null;
  const next = nextStatus(allowed);
  const otherSteps = (kind: ActionKind) => statusesOf(kind, allowed).filter((status) => status !== next);
  return (
    <>
      <div className={styles.twoColumns}>
        <TextField
          label="Tracking number"
          value={editor.value("trackingNumber")}
          error={editor.errors.trackingNumber}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => editor.set("trackingNumber", target.value)}
        />
        <Field label="Internal note" optional hint="Visible to staff only.">
          {(controlProps) => (
            <TextArea
              {...controlProps}
              rows={1}
              maxLength={2000}
              value={editor.value("note")}
              onChange={({ target }) => editor.set("note", target.value)}
            />
          )}
        </Field>
      </div>
      <div className={styles.actions}>
        {next && (
          <Button variant="primary" busy={isBusy} onClick={() => void editor.save({ status: next })}>
            {STATUS_ACTIONS[next]}
          </Button>
        )}
        <ActionMenu
          label="More actions"
          disabled={isBusy}
          groups={[
            otherSteps("forward").map((status) => ({
              label: STATUS_ACTIONS[status],
              icon: FastForward,
              onChoose: () => void editor.save({ status }),
            })),
            otherSteps("payment").map((status) => ({
              label: `${STATUS_ACTIONS[status]}…`,
              icon: Wallet,
              onChoose: onPay,
            })),
            otherSteps("correction").map((status) => ({
              label: `Move back to ${statusName(status)}…`,
              icon: CornerUpLeft,
              onChoose: () => onAskReason(status),
            })),
            otherSteps("cancel").map((status) => ({
              label: "Cancel order…",
              icon: Ban,
              danger: true,
              onChoose: () => onAskReason(status),
            })),
          ]}
        />
      </div>
    </>
  );
}

const CANCELLED_BY: Record<string, string> = {
  customer: "Cancelled by the customer",
  staff: "Cancelled by the store",
  driver: "Cancelled by the driver",
  gateway: "Cancelled by the payment provider",
  system: "Cancelled automatically",
  outside: "Cancelled by another system",
};

function CancellationNote({ order: { cancellation } }: { order: Order }) {
  if (!cancellation) return null;
  return (
    <p className={styles.cancelled}>
      {CANCELLED_BY[cancellation.by]}
      {cancellation.reason && <>: “{cancellation.reason}”</>}
    </p>
  );
}
