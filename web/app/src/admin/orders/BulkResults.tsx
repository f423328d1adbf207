import { CircleAlert, CircleCheck } from "lucide-react";
import { Link } from "wouter";

import { Button } from "../../ui";
import type { BulkOutcome } from "../data/types";
import styles from "./BulkDialog.module.css";
import { refusedByReason } from "./bulk";
import type { Row } from "./row";
import type { Status } from "./status";

export interface BulkResultsProps {
  rows: readonly Row[];
  status: Status;
  outcomes: readonly BulkOutcome[];
  onDone: (refused: readonly string[]) => void;
}

/** Each order's outcome: what was changed, who heard of it, and why the others were refused. */
export function BulkResults({ rows, status, outcomes, onDone }: BulkResultsProps) {
  const changed = outcomes.filter((outcome) => outcome.ok);
  const refused = outcomes.filter((outcome) => !outcome.ok);
  const live = changed.filter((outcome) => (outcome.live ?? 0) > 0).length;
  const numberOf = new Map(rows.map((row) => [row.id, row.number]));
  return (
    <div className={styles.form}>
      {changed.length > 0 && (
        <div className={styles.outcome}>
          <CircleCheck aria-hidden="true" className={styles.good} />
          <div>
            <p className={styles.loud} role="status">
              {changed.length === 1 ? "1 order" : `${changed.length} orders`} set to {status}
            </p>
            <p className={styles.words}>{toldWords(live, changed.length - live)}</p>
            <details className={styles.details}>
              <summary>Which ones</summary>
              <Numbers
                numbers={changed.map((outcome) => outcome.number ?? numberOf.get(outcome.order) ?? outcome.order)}
              />
            </details>
          </div>
        </div>
      )}
      {refusedByReason(refused).map((group) => (
        <div key={`${group.code} ${group.detail}`} className={styles.outcome}>
          <CircleAlert aria-hidden="true" className={styles.bad} />
          <div>
            <p className={styles.loud}>
              {group.orders.length === 1 ? "1 order was not changed" : `${group.orders.length} orders were not changed`}
            </p>
            <p className={styles.words}>{group.detail}</p>
            <Numbers numbers={group.orders.map((order) => numberOf.get(order) ?? order)} />
          </div>
        </div>
      ))}
      <div className={styles.actions}>
        <Button look="primary" autoFocus onClick={() => onDone(refused.map((outcome) => outcome.order))}>
          {refused.length > 0 ? "Done, keep the refused selected" : "Done"}
        </Button>
      </div>
    </div>
  );
}

function toldWords(live: number, later: number): string {
  if (later === 0)
    return live === 1 ? "The customer was told in real-time." : "Their customers were told in real-time.";
  if (live === 0) return "The customers are offline: they find it in their notifications.";
  return `The customers of ${live} were told in real-time, those of ${later} find it in their notifications.`;
}

function Numbers({ numbers }: { numbers: readonly string[] }) {
  return (
    <ul className={styles.numbers}>
      {numbers.map((number) => (
        <li key={number}>
          <Link href={`/admin/orders/${number}`}>#{number}</Link>
        </li>
      ))}
    </ul>
  );
}
