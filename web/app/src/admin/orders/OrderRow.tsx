import { memo } from "react";

import { Checkbox, cx, formatMoney, StatusBadge } from "../../ui";
import { AgeIn } from "./Age";
import styles from "./OrderRow.module.css";
import { summaryOf, type Row } from "./row";
import { cashIsDue, nextStatus, type Status } from "./status";
import type { RowState, RowStore } from "./store";
import { useRow } from "./table";

export interface OrderRowProps {
  store: RowStore;
  id: string;
  index: number;
  top: number;
  selected: boolean;
  /** The only row in the tab order. */
  active: boolean;
  timeZone: string;
}

/** How long a change stays highlighted. */
const FLASH_MS = 1_600;

/** One order. It subscribes to its own state; the grid handles its events and finds it by `data-id`. */
export const OrderRow = memo(function OrderRow({ store, id, index, top, selected, active, timeZone }: OrderRowProps) {
  const state = useRow(store, id);
  if (!state) return null;
  const { row, pendingStatus, isLeaving } = state;
  const flash = flashKind(state);
  return (
    <div
      role="row"
      // The header is row 1.
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={pendingStatus !== undefined}
      tabIndex={active ? 0 : -1}
      data-id={id}
      className={cx(
        styles.row,
        selected && styles.selected,
        isLeaving && styles.isLeaving,
        flash && styles.changed,
        flash === "new" && styles.new,
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
        {/* A plain link, handled by the grid: a router link would subscribe every row to the location. */}
        <a href={`/admin/orders/${row.number}`} tabIndex={active ? 0 : -1} data-part="open">
          #{row.number}
        </a>
      </div>
      <div role="gridcell" className={styles.customer}>
        <span className={styles.name}>{row.customer ?? "Customer"}</span>
        <span className={styles.secondary}>{row.city}</span>
      </div>
      <Items items={row.items} />
      <div role="gridcell" className={styles.total}>
        <span>{row.total ? formatMoney(row.total) : "–"}</span>
        <span className={styles.secondary}>{paymentLabel(row)}</span>
      </div>
      <div role="gridcell" className={styles.status}>
        <StatusBadge status={pendingStatus ?? row.status} />
      </div>
      <div role="gridcell" className={styles.age}>
        <AgeIn at={row.createdAt} timeZone={timeZone} />
      </div>
      <div role="gridcell" className={styles.action}>
        <NextStep row={row} pendingStatus={pendingStatus} active={active} />
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

const STEP_LABELS: Partial<Record<Status, string>> = { processing: "Process", shipped: "Ship", delivered: "Deliver" };

function NextStep({ row, pendingStatus, active }: { row: Row; pendingStatus: Status | undefined; active: boolean }) {
  const next = nextStatus(row);
  if (!next) return null;
  return (
    <button
      type="button"
      className={styles.step}
      data-part="step"
      data-status={next}
      aria-disabled={pendingStatus !== undefined}
      tabIndex={active ? 0 : -1}
      // Starts with the visible text, so that voice control can press it.
      aria-label={`${STEP_LABELS[next]} order ${row.number}`}
    >
      {STEP_LABELS[next]}
    </button>
  );
}

function paymentLabel(row: Row): string {
  const { payment } = row;
  if (!payment || row.status === "cancelled") return "";
  if (payment.status === "paid") return "Paid";
  if (payment.status === "refunded") return "Refunded";
  if (cashIsDue(row)) return "Cash due";
  return payment.status === "failed" ? "Failed" : "Unpaid";
}

function flashKind({ changedAt, isNew, row }: RowState): "new" | Status | undefined {
  if (changedAt === 0 || Date.now() - changedAt > FLASH_MS) return undefined;
  return isNew && row.version === 1 ? "new" : row.status;
}
