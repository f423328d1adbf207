import { Ban, CornerUpLeft, FastForward, Wallet } from "lucide-react";
import { useState } from "react";

import { statusName } from "../../orders/status";
import { ProgressTrack } from "../../tracking/ProgressTrack";
import { statusSince } from "../../tracking/steps";
import { Button, Card, Field, RelativeTime, StatusBadge, TextArea, TextField } from "../../ui";
import type { Order, TimelineEvent } from "../data/types";
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
  const since = statusSince(order, timeline);
  // `order` is the order as it was when the question was asked.
  const [asking, setAsking] = useState<{ status: Status; kind: ActionKind; order: Order }>();
  return (
    <Card
      title="Status"
      action={
        <span className={styles.updated}>
          <StatusBadge status={order.status} /> {since && <RelativeTime at={since} />}
        </span>
      }
    >
      {order.status !== "cancelled" && <ProgressTrack order={order} timeline={timeline} />}
      {order.cancellation && <CancellationNote order={order} />}
      {order.status !== "cancelled" && (
        <OpenOrderActions {...{ order, editor }} onAsk={(status, kind) => setAsking({ status, kind, order })} />
      )}
      {asking?.kind === "payment" && (
        <PaymentDialog
          order={asking.order}
          onConfirm={() => editor.save({ status: asking.status }, asking.order)}
          onClose={() => setAsking(undefined)}
        />
      )}
      {asking && asking.kind !== "payment" && (
        <ReasonDialog
          status={asking.status}
          order={asking.order}
          onClose={() => setAsking(undefined)}
          onSubmit={(reason) =>
            asking.status === "cancelled"
              ? editor.cancel(reason, asking.order)
              : editor.save({ status: asking.status, reason }, asking.order)
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
  onAsk,
}: {
  order: Order;
  editor: OrderEditor;
  onAsk: (status: Status, kind: ActionKind) => void;
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
          <Button variant="primary" busy={isBusy} data-acts={next} onClick={() => void editor.save({ status: next })}>
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
              onChoose: () => onAsk(status, "payment"),
            })),
            otherSteps("correction").map((status) => ({
              label: `Move back to ${statusName(status)}…`,
              icon: CornerUpLeft,
              onChoose: () => onAsk(status, "correction"),
            })),
            otherSteps("cancel").map((status) => ({
              label: "Cancel order…",
              icon: Ban,
              danger: true,
              onChoose: () => onAsk(status, "cancel"),
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
