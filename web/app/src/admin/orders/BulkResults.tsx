import type { Order } from "@ordercast/client";
import { CircleAlert, CircleCheck } from "lucide-react";
import { Link } from "wouter";

import { statusName } from "../../orders/status";
import { Button } from "../../ui";
import type { BulkOutcome } from "../data/types";
import styles from "./BulkDialog.module.css";
import { groupRefusals } from "./refusals";
import type { Status } from "./status";

export interface BulkResultsProps {
  rows: readonly Order[];
  status: Status;
  outcomes: readonly BulkOutcome[];
  onDone: (refused: readonly string[]) => void;
}

/** The outcome of each order, with the refused ones grouped by reason. */
export function BulkResults({ rows, status, outcomes, onDone }: BulkResultsProps) {
  const changed = outcomes.filter((outcome) => outcome.ok);
  const refused = outcomes.filter((outcome) => !outcome.ok);
  const notifiedLive = changed.filter((outcome) => (outcome.live ?? 0) > 0).length;
  const numberOf = new Map(rows.map((row) => [row.id, row.number]));
  return (
    <div className={styles.form}>
      {changed.length > 0 && (
        <div className={styles.outcome}>
          <CircleCheck aria-hidden="true" className={styles.success} />
          <div>
            <p className={styles.strong} role="status">
              {status === "paid"
                ? `Payment of ${ordersText(changed.length)} recorded`
                : `${ordersText(changed.length)} set to ${statusName(status)}`}
            </p>
            <p className={styles.text}>{notifiedText(notifiedLive, changed.length - notifiedLive)}</p>
            <details className={styles.details}>
              <summary>Show orders</summary>
              <OrderNumbers
                numbers={changed.map((outcome) => outcome.number ?? numberOf.get(outcome.order) ?? outcome.order)}
              />
            </details>
          </div>
        </div>
      )}
      {groupRefusals(refused).map((group) => (
        <div key={`${group.code} ${group.detail}`} className={styles.outcome}>
          <CircleAlert aria-hidden="true" className={styles.failure} />
          <div>
            <p className={styles.strong}>
              {group.orders.length === 1 ? "1 order was not changed" : `${group.orders.length} orders were not changed`}
            </p>
            <p className={styles.text}>{group.detail}</p>
            <OrderNumbers numbers={group.orders.map((order) => numberOf.get(order) ?? order)} />
          </div>
        </div>
      ))}
      <div className={styles.actions}>
        <Button variant="primary" autoFocus onClick={() => onDone(refused.map((outcome) => outcome.order))}>
          {refused.length > 0 ? "Done, keep refused orders selected" : "Done"}
        </Button>
      </div>
    </div>
  );
}

function ordersText(count: number): string {
  return count === 1 ? "1 order" : `${count} orders`;
}

function notifiedText(notifiedLive: number, later: number): string {
  if (later === 0)
    return notifiedLive === 1
      ? "The customer was notified in real time."
      : "Their customers were notified in real time.";
  if (notifiedLive === 0) return "The customers are offline and will see it in their notifications.";
  return `The customers of ${ordersText(notifiedLive)} were notified in real time. The others will see it in their notifications.`;
}

function OrderNumbers({ numbers }: { numbers: readonly string[] }) {
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
