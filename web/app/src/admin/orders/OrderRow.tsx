import type { Order, WatchedOrder } from "@ordercast/client";
import { memo } from "react";

import { basePath } from "../../basePath";
import { Checkbox, cx, formatMoney, StatusBadge } from "../../ui";
import { AgeIn } from "./Age";
import styles from "./OrderRow.module.css";
import { customerName, summaryOf } from "./row";
import { cashIsDue, shownStep, type Status } from "./status";
import { useRow } from "./table";
import { useLastTransitions } from "./useLastTransitions";

export interface OrderRowProps {
  id: string;
  index: number;
  top: number;
  selected: boolean;
  /** The order no longer matches the filters, and its row is removed in a moment. */
  leaving: boolean;
  /** The only row in the tab order. */
  active: boolean;
  timeZone: string;
}

/** How long a change stays highlighted. */
const FLASH_MS = 1_600;

/** One order. It subscribes to its own state; the grid handles its events and finds it by `data-id`. */
export const OrderRow = memo(function OrderRow({ id, index, top, selected, leaving, active, timeZone }: OrderRowProps) {
  const watched = useRow(id);
  const { order, isPending } = watched;
  if (!order) return null;
  const flash = flashKind(watched, order);
  return (
    <div
      role="row"
      // The header is row 1.
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={isPending}
      tabIndex={active ? 0 : -1}
      data-id={id}
      className={cx(
        styles.row,
        selected && styles.selected,
        leaving && styles.leaving,
        flash && styles.changed,
        flash === "new" && styles.new,
      )}
      style={{ transform: `translateY(${top}px)` }}
    >
      {flash && <span key={order.version} className={cx(styles.flash, styles[`flash-${flash}`])} aria-hidden="true" />}
      <div role="gridcell" className={styles.check}>
        <Checkbox
          checked={selected}
          readOnly
          tabIndex={-1}
          data-part="select"
          aria-label={`Select order ${order.number}`}
        />
      </div>
      <div role="rowheader" className={styles.number}>
        {/* A plain link, handled by the grid: a router link would subscribe every row to the location. */}
        <a href={`${basePath}/admin/orders/${order.number}`} tabIndex={active ? 0 : -1} data-part="open">
          #{order.number}
        </a>
      </div>
      <div role="gridcell" className={styles.customer}>
        <span className={styles.name}>{customerName(order)}</span>
        <span className={styles.secondary}>{order.shippingAddress?.city}</span>
      </div>
      <Items items={order.items} />
      <div role="gridcell" className={styles.total}>
        <span>{order.total ? formatMoney(order.total) : "–"}</span>
        <span className={styles.secondary}>{paymentLabel(order)}</span>
      </div>
      <div role="gridcell" className={styles.status}>
        <StatusBadge status={order.status} />
      </div>
      <div role="gridcell" className={styles.age}>
        <AgeIn at={order.createdAt} timeZone={timeZone} />
      </div>
      <div role="gridcell" className={styles.action}>
        <NextStep order={order} isPending={isPending} active={active} />
      </div>
    </div>
  );
});

function Items({ items }: { items: Order["items"] }) {
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

function NextStep({ order, isPending, active }: { order: Order; isPending: boolean; active: boolean }) {
  const { status, number } = order;
  const step = shownStep({ status, allowedTransitions: useLastTransitions(order.allowedTransitions) }, isPending);
  const label = step && STEP_LABELS[step];
  if (!label) return null;
  return (
    <button
      type="button"
      className={styles.step}
      data-part="step"
      data-acts={step}
      aria-disabled={isPending || order.allowedTransitions === null}
      tabIndex={active ? 0 : -1}
      // Starts with the visible text, so that voice control can press it.
      aria-label={`${label} order ${number}`}
    >
      {label}
    </button>
  );
}

function paymentLabel(order: Order): string {
  const { payment } = order;
  if (!payment || order.status === "cancelled") return "";
  if (payment.status === "paid") return "Paid";
  if (payment.status === "refunded") return "Refunded";
  if (cashIsDue(order)) return "Cash due";
  return payment.status === "failed" ? "Failed" : "Unpaid";
}

function flashKind({ changedAt, isNew }: WatchedOrder, { status, version }: Order): "new" | Status | undefined {
  if (changedAt === null || Date.now() - changedAt > FLASH_MS) return undefined;
  return isNew && version === 1 ? "new" : status;
}
