import type { Order } from "@ordercast/client";
import { useState, type ReactNode } from "react";

import { statusAppearance, statusName } from "../../orders/status";
import { Button, cx, Field, TextArea } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import type { BulkOutcome } from "../data/types";
import styles from "./BulkDialog.module.css";
import { BulkResults } from "./BulkResults";
import { choicesFor, commonNextStep, noChoicesReason } from "./preview";
import type { Status } from "./status";

export interface BulkDialogProps {
  rows: readonly Order[];
  /** Applies the status and reports progress. */
  run: (
    orders: readonly string[],
    status: Status,
    more: { reason?: string; note?: string },
    onProgress: (done: readonly BulkOutcome[]) => void,
  ) => Promise<readonly BulkOutcome[]>;
  onClose: () => void;
  /** Selects these orders after the dialog closes. */
  onSelect: (ids: readonly string[]) => void;
}

type Step = { at: "choosing" } | { at: "running" | "done"; status: Status; outcomes: readonly BulkOutcome[] };

/** Sets one status for many orders: choose, wait, see the result of each. */
export function BulkDialog({ rows: selected, run, onClose, onSelect }: BulkDialogProps) {
  // The orders selected when the dialog opened; rows keep changing below it.
  const [rows] = useState(selected);
  const [step, setStep] = useState<Step>({ at: "choosing" });

  async function start(status: Status, more: { reason?: string; note?: string }) {
    setStep({ at: "running", status, outcomes: [] });
    const outcomes = await run(
      rows.map((row) => row.id),
      status,
      more,
      (done) => setStep({ at: "running", status, outcomes: done }),
    );
    setStep({ at: "done", status, outcomes });
  }

  const orders = orderCount(rows.length);
  const title =
    step.at === "choosing"
      ? `Set the status of ${orders}`
      : step.at === "running"
        ? step.status === "paid"
          ? `Recording the payment of ${orders}`
          : `Setting ${orders} to ${statusName(step.status)}`
        : "Result";
  return (
    <Dialog open onOpenChange={(open) => !open && step.at !== "running" && onClose()} title={title}>
      {step.at === "choosing" && (
        <ChooseStatus rows={rows} onStart={(status, more) => void start(status, more)} onCancel={onClose} />
      )}
      {step.at === "running" && <Progress done={step.outcomes.length} of={rows.length} />}
      {step.at === "done" && (
        <BulkResults
          rows={rows}
          status={step.status}
          outcomes={step.outcomes}
          onDone={(refused) => {
            onSelect(refused);
            onClose();
          }}
        />
      )}
    </Dialog>
  );
}

function ChooseStatus({
  rows,
  onStart,
  onCancel,
}: {
  rows: readonly Order[];
  onStart: (status: Status, more: { reason?: string; note?: string }) => void;
  onCancel: () => void;
}) {
  const choices = choicesFor(rows);
  const [status, setStatus] = useState<Status | undefined>(() => commonNextStep(rows));
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [showErrors, setShowErrors] = useState(false);
  const choice = choices.find((each) => each.status === status);
  const isCorrection = (choice?.corrections ?? 0) > 0;
  const isReasonMissing = isCorrection && reason.trim() === "";

  if (choices.length === 0) {
    return (
      <>
        <p className={styles.text}>{noChoicesReason(rows)}</p>
        <Actions>
          <Button onClick={onCancel}>Close</Button>
        </Actions>
      </>
    );
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setShowErrors(true);
        if (!status || isReasonMissing) return;
        onStart(status, { ...(reason.trim() && { reason: reason.trim() }), ...(note.trim() && { note: note.trim() }) });
      }}
    >
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">Status</legend>
        {choices.map((each) => {
          const { icon: Icon, label } = statusAppearance(each.status);
          return (
            <label key={each.status} className={styles.choice}>
              <input
                type="radio"
                name="status"
                value={each.status}
                checked={each.status === status}
                autoFocus={each.status === (status ?? choices[0]?.status)}
                onChange={() => setStatus(each.status)}
              />
              <Icon aria-hidden="true" />
              <span>{label}</span>
              <span className={styles.hint}>{choiceHint(each.possible, each.corrections, rows.length)}</span>
            </label>
          );
        })}
      </fieldset>
      {(isCorrection || status === "cancelled") && (
        <Field
          label="Reason"
          optional={!isCorrection}
          hint={isCorrection ? "Moving back needs a reason." : "Shared with the customers."}
          error={showErrors && isReasonMissing ? "Enter a reason." : undefined}
        >
          {(controlProps) => (
            <TextArea
              {...controlProps}
              rows={2}
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
      )}
      <Field label="Internal note" optional hint="Visible to staff only.">
        {(controlProps) => (
          <TextArea
            {...controlProps}
            rows={2}
            maxLength={2000}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      <Actions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant={status === "cancelled" ? "danger" : "primary"}>
          {submitLabel(status, orderCount(choice?.possible ?? 0))}
        </Button>
      </Actions>
    </form>
  );
}

/** A payment leaves some orders' status as it is, so it is not called a change of status. */
function submitLabel(status: Status | undefined, orders: string): string {
  if (status === "cancelled") return `Cancel ${orders}`;
  if (status === "paid") return `Record payment of ${orders}`;
  return status ? `Set ${orders} to ${statusName(status)}` : "Choose a status";
}

function orderCount(count: number): string {
  return count === 1 ? "1 order" : `${count} orders`;
}

function choiceHint(possible: number, corrections: number, all: number): string {
  const text = possible === all ? `All ${all}` : `${possible} of ${all}`;
  return corrections > 0 ? `${text} (${corrections} moved back)` : text;
}

function Progress({ done, of }: { done: number; of: number }) {
  return (
    <div className={styles.progress}>
      <progress value={done} max={of} aria-label="Orders done" />
      <p className={cx(styles.text, "tabular")} role="status">
        {done} of {of}
      </p>
    </div>
  );
}

function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
