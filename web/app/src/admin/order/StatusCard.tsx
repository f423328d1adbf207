import { Ban, CornerUpLeft, FastForward, Wallet } from "lucide-react";
import { useState } from "react";

import { ProgressTrack } from "../../tracking/ProgressTrack";
import { Button, Card, Field, StatusBadge, TextArea, TextField } from "../../ui";
import type { Order, TimelineEvent } from "../data/types";
import { Age } from "../orders/Age";
import { nextStep, STATUS_ACTIONS, stepsFrom, type Status } from "../orders/status";
import { ActionMenu } from "../ui/ActionMenu";
import styles from "./OrderPage.module.css";
import { ReasonDialog } from "./ReasonDialog";
import type { OrderEditor } from "./useOrderEditor";

/** Where the order stands, and the step that comes next. */
export function StatusCard({
  order,
  timeline,
  editor,
}: {
  order: Order;
  timeline: readonly TimelineEvent[];
  editor: OrderEditor;
}) {
  const [asking, setAsking] = useState<Status>();
  return (
    <Card
      title="Status"
      action={
        <span className={styles.since}>
          <StatusBadge status={order.status} /> <Age at={order.updatedAt} />
        </span>
      }
    >
      {order.status !== "cancelled" && <ProgressTrack order={order} progress={order.progress} timeline={timeline} />}
      {order.cancellation && <Cancelled order={order} />}
      {order.status !== "cancelled" && <Open {...{ order, editor }} onAsk={setAsking} />}
      {asking && (
        <ReasonDialog
          status={asking}
          order={order}
          onClose={() => setAsking(undefined)}
          onSubmit={(reason) =>
            asking === "cancelled" ? editor.cancel(reason) : editor.save({ status: asking, reason })
          }
        />
      )}
    </Card>
  );
}

/** What can be done while the order is not closed. */
function Open({ order, editor, onAsk }: { order: Order; editor: OrderEditor; onAsk: (status: Status) => void }) {
  const steps = stepsFrom(order);
  const next = nextStep(order);
  const other = (kind: "forward" | "payment" | "correction" | "cancel") =>
    steps.filter((step) => step.kind === kind && step.status !== next?.status);
  return (
    <>
      <div className={styles.pair}>
        <TextField
          label="Tracking number"
          value={editor.value("trackingNumber")}
          error={editor.errors.trackingNumber}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => editor.set("trackingNumber", target.value)}
        />
        <Field label="Internal note" optional hint="A line in the timeline that only staff see.">
          {(bound) => (
            <TextArea
              {...bound}
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
          <Button look="primary" busy={editor.saving} onClick={() => void editor.save({ status: next.status })}>
            {STATUS_ACTIONS[next.status]}
          </Button>
        )}
        <ActionMenu
          label={next ? "Other steps" : "Correct"}
          disabled={editor.saving}
          groups={[
            other("forward").map(({ status }) => ({
              label: STATUS_ACTIONS[status],
              icon: FastForward,
              onChoose: () => void editor.save({ status }),
            })),
            other("payment").map(({ status }) => ({
              label: STATUS_ACTIONS[status],
              icon: Wallet,
              onChoose: () => void editor.save({ status }),
            })),
            other("correction").map(({ status }) => ({
              label: `Back to ${status} …`,
              icon: CornerUpLeft,
              onChoose: () => onAsk(status),
            })),
            other("cancel").map(({ status }) => ({
              label: "Cancel order …",
              icon: Ban,
              danger: true,
              onChoose: () => onAsk(status),
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
  outside: "Cancelled by another program",
};

function Cancelled({ order: { cancellation } }: { order: Order }) {
  if (!cancellation) return null;
  return (
    <p className={styles.cancelled}>
      {CANCELLED_BY[cancellation.by]}
      {cancellation.reason && <>: “{cancellation.reason}”</>}
    </p>
  );
}
