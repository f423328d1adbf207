import { STATUS_DISPLAY, STATUSES, type Status } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useState } from "react";

import { failedToastId } from "../orders/failedToast";
import { outcomeOf } from "../orders/outcome";
import { Banner, Button, Card, SelectField, TextField, toast } from "../ui";
import styles from "./RealTimeTest.module.css";

/** Sets a status as the admin console does: it is stored and sent to everybody concerned. */
export function SimulateCard({ order, isStaff }: { order: string | undefined; isStaff: boolean }) {
  const { orders } = useOrdercast();
  const [status, setStatus] = useState<Status>("processing");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string>();

  async function send() {
    if (!order || busy) return;
    setBusy(true);
    setRefused(undefined);
    // Overwrite any version: this page has no edits that could be lost.
    const result = await orders.setStatus(order, status, {
      expectedVersion: null,
      ...(reason.trim() && { reason: reason.trim() }),
    });
    setBusy(false);
    if (!result.ok) {
      setRefused(result.problem.detail);
      toast.error(`Order #${order} was not set to ${STATUS_DISPLAY[status].toLowerCase()}`, {
        id: failedToastId(order, status),
        description: result.problem.detail,
      });
      return;
    }
    const { message, severity } = outcomeOf(result.order, status, result.live);
    toast.close(failedToastId(order, status));
    toast.show(severity, message, { description: `Order #${result.order.number}` });
  }

  const disabledReason = !isStaff
    ? "Only staff can change a status. Sign in as staff in another window, track the same order there, and watch the update arrive here."
    : order === undefined
      ? "Track an order first."
      : undefined;
  return (
    <Card title="Simulate an admin update">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!disabledReason) void send();
        }}
      >
        <SelectField
          label="New status"
          value={status}
          disabled={!isStaff}
          onChange={({ target }) => setStatus(STATUSES.find((each) => each === target.value) ?? "processing")}
        >
          {STATUSES.map((each) => (
            <option key={each} value={each}>
              {STATUS_DISPLAY[each]}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Reason"
          optional
          hint="Required to move back."
          maxLength={500}
          disabled={!isStaff}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          aria-disabled={disabledReason !== undefined}
          aria-describedby={disabledReason ? "simulate-disabledReason" : undefined}
        >
          Send update
        </Button>
        {disabledReason && (
          <p id="simulate-disabledReason" className={styles.text}>
            {disabledReason}
          </p>
        )}
        {refused && <Banner severity="error">{refused}</Banner>}
      </form>
    </Card>
  );
}
