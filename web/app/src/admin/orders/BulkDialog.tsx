import { useState, type ReactNode } from "react";

import { statusLook } from "../../orders/status";
import { Button, cx, Field, TextArea } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import type { BulkOutcome } from "../data/types";
import styles from "./BulkDialog.module.css";
import { BulkResults } from "./BulkResults";
import { choicesFor, likeliest } from "./preview";
import type { Row } from "./row";
import type { Status } from "./status";

export interface BulkDialogProps {
  rows: readonly Row[];
  /** Does it, and says how far it is. */
  run: (
    orders: readonly string[],
    status: Status,
    more: { reason?: string; note?: string },
    onProgress: (done: readonly BulkOutcome[]) => void,
  ) => Promise<readonly BulkOutcome[]>;
  onClose: () => void;
  /** These are selected when it closes. */
  onSelect: (ids: readonly string[]) => void;
}

type Step = { at: "choosing" } | { at: "running" | "done"; status: Status; outcomes: readonly BulkOutcome[] };

/** One status for many orders: choose, watch, and see what became of each. */
export function BulkDialog({ rows: selected, run, onClose, onSelect }: BulkDialogProps) {
  // What is changed is what was selected when it was opened, though rows live on underneath.
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

  const orders = rows.length === 1 ? "1 order" : `${rows.length} orders`;
  const title =
    step.at === "choosing"
      ? `Set the status of ${orders}`
      : step.at === "running"
        ? `Setting ${orders} to ${step.status}`
        : "What became of them";
  return (
    <Dialog open onOpenChange={(open) => !open && step.at !== "running" && onClose()} title={title}>
      {step.at === "choosing" && (
        <Choose rows={rows} onStart={(status, more) => void start(status, more)} onCancel={onClose} />
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

function Choose({
  rows,
  onStart,
  onCancel,
}: {
  rows: readonly Row[];
  onStart: (status: Status, more: { reason?: string; note?: string }) => void;
  onCancel: () => void;
}) {
  const choices = choicesFor(rows);
  const [status, setStatus] = useState<Status | undefined>(() => likeliest(rows) ?? choices[0]?.status);
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState(false);
  const choice = choices.find((each) => each.status === status);
  const corrects = (choice?.corrections ?? 0) > 0;
  const missing = corrects && reason.trim() === "";

  if (choices.length === 0) {
    return (
      <>
        <p className={styles.words}>Nothing leads on from where they are: they are cancelled.</p>
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
        setAsked(true);
        if (!status || missing) return;
        onStart(status, { ...(reason.trim() && { reason: reason.trim() }), ...(note.trim() && { note: note.trim() }) });
      }}
    >
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">Status</legend>
        {choices.map((each) => {
          const { icon: Icon, label } = statusLook(each.status);
          return (
            <label key={each.status} className={styles.choice}>
              <input
                type="radio"
                name="status"
                value={each.status}
                checked={each.status === status}
                autoFocus={each.status === status}
                onChange={() => setStatus(each.status)}
              />
              <Icon aria-hidden="true" />
              <span>{label}</span>
              <span className={styles.hint}>{hintOf(each.possible, each.corrections, rows.length)}</span>
            </label>
          );
        })}
      </fieldset>
      {(corrects || status === "cancelled") && (
        <Field
          label="Reason"
          optional={!corrects}
          hint={corrects ? "Going back corrects a mistake: say what it was." : "The customers read it."}
          error={asked && missing ? "Say why the status goes back." : undefined}
        >
          {(bound) => (
            <TextArea
              {...bound}
              rows={2}
              maxLength={500}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
      )}
      <Field label="Internal note" optional hint="Only the store’s staff see it.">
        {(bound) => (
          <TextArea
            {...bound}
            rows={2}
            maxLength={2000}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      <Actions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look={status === "cancelled" ? "danger" : "primary"}>
          {status === "cancelled"
            ? `Cancel ${choice?.possible ?? 0}`
            : `Set ${choice?.possible ?? 0} to ${status ?? ""}`}
        </Button>
      </Actions>
    </form>
  );
}

function hintOf(possible: number, corrections: number, all: number): string {
  const words = possible === all ? "all" : `${possible} of ${all}`;
  return corrections > 0 ? `${words}, ${corrections} corrected` : words;
}

function Progress({ done, of }: { done: number; of: number }) {
  return (
    <div className={styles.progress}>
      <progress value={done} max={of} aria-label="Orders done" />
      <p className={cx(styles.words, "tabular")} role="status">
        {done} of {of}
      </p>
    </div>
  );
}

function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
