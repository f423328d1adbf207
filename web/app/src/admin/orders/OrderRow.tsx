import { memo } from "react";

import { Checkbox, cx, formatMoney, StatusBadge } from "../../ui";
import { AgeIn } from "./Age";
import styles from "./OrderRow.module.css";
import { summaryOf, type Row } from "./row";
import { cashIsDue, nextStep, type Status } from "./status";
import type { RowState, RowStore } from "./store";
import { useRow } from "./table";

export interface OrderRowProps {
  store: RowStore;
  id: string;
  index: number;
  top: number;
  selected: boolean;
  /** The one row that the Tab key reaches. */
  active: boolean;
  timeZone: string;
}

/** How long a change is shown to have just happened. */
const FLASH_MS = 1_600;

/** One order. It listens for itself; what happens to it is handled by the grid, which finds it by `data-id`. */
export const OrderRow = memo(function OrderRow({ store, id, index, top, selected, active, timeZone }: OrderRowProps) {
  const state = useRow(store, id);
  if (!state) return null;
  const { row, asked, leaving } = state;
  const flash = flashOf(state);
  return (
    <div
      role="row"
      // The heading is the first row.
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={asked !== undefined}
      tabIndex={active ? 0 : -1}
      data-id={id}
      className={cx(
        styles.row,
        selected && styles.selected,
        leaving && styles.leaving,
        flash && styles.changed,
        flash === "new" && styles.fresh,
      )}
      style={{ transform: `translateY(${top}px)` }}
    >
      {flash && <span key={row.version} className={cx(styles.flash, styles[`flash-${flash}`])} aria-hidden="true" />}
      <div role="gridcell" className={styles.check}>
        <Checkbox
          checked={selected}
          readOnly
          tabIndex={-1}
          data-part="select"
          aria-label={`Select order ${row.number}`}
        />
      </div>
      <div role="rowheader" className={styles.number}>
        {/* The grid navigates: a router's link listens to the address, once for every row. */}
        <a href={`/admin/orders/${row.number}`} tabIndex={active ? 0 : -1} data-part="open">
          #{row.number}
        </a>
      </div>
      <div role="gridcell" className={styles.customer}>
        <span className={styles.name}>{row.customer ?? "Customer"}</span>
        <span className={styles.beside}>{row.city}</span>
      </div>
      <Items items={row.items} />
      <div role="gridcell" className={styles.total}>
        <span>{row.total ? formatMoney(row.total) : "–"}</span>
        <span className={styles.beside}>{paymentWords(row)}</span>
      </div>
      <div role="gridcell" className={styles.status}>
        <StatusBadge status={asked ?? row.status} />
      </div>
      <div role="gridcell" className={styles.age}>
        <AgeIn at={row.createdAt} timeZone={timeZone} />
      </div>
      <div role="gridcell" className={styles.action}>
        <NextStep row={row} asked={asked} active={active} />
      </div>
    </div>
  );
});

function Items({ items }: { items: Row["items"] }) {
  const { first, more } = summaryOf(items);
  return (
    <div role="gridcell" className={styles.items}>
      <span className={styles.first}>{first}</span>
      {more > 0 && (
        <span className={styles.more}>
          <span aria-hidden="true">+{more}</span>
          <span className="visually-hidden">and {more} more</span>
        </span>
      )}
    </div>
  );
}

const STEP_WORDS: Partial<Record<Status, string>> = { processing: "Process", shipped: "Ship", delivered: "Deliver" };

function NextStep({ row, asked, active }: { row: Row; asked: Status | undefined; active: boolean }) {
  const step = nextStep(row);
  if (!step) return null;
  return (
    <button
      type="button"
      className={styles.step}
      data-part="step"
      data-status={step.status}
      aria-disabled={asked !== undefined}
      tabIndex={active ? 0 : -1}
      // Begins with what one sees, so that saying that presses it.
      aria-label={`${STEP_WORDS[step.status]} order ${row.number}`}
    >
      {STEP_WORDS[step.status]}
    </button>
  );
}

function paymentWords(row: Row): string {
  const { payment } = row;
  if (!payment || row.status === "cancelled") return "";
  if (payment.status === "paid") return "Paid";
  if (payment.status === "refunded") return "Refunded";
  if (cashIsDue(row)) return "Cash due";
  return payment.status === "failed" ? "Failed" : "Unpaid";
}

function flashOf({ touched, fresh, row }: RowState): "new" | Status | undefined {
  if (touched === 0 || Date.now() - touched > FLASH_MS) return undefined;
  return fresh && row.version === 1 ? "new" : row.status;
}
