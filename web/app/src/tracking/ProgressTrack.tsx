import type { Order, TimelineEvent } from "@ordercast/client";
import { Check, House, PackageOpen, ShoppingBag, Truck } from "lucide-react";

import { statusAppearance, statusName } from "../orders/status";
import { cx } from "../ui";
import { formatTime, formatShortDate, isSameDay } from "../ui/time";
import { useNow } from "../ui/useNow";
import styles from "./ProgressTrack.module.css";
import { stepsOf, type Step } from "./steps";

const ICONS: Record<Step["name"], typeof Check> = {
  placed: ShoppingBag,
  processing: PackageOpen,
  shipped: Truck,
  delivered: House,
};

/** The progress bar and the steps of an order. */
export function ProgressTrack({
  order,
  progress,
  timeline,
}: {
  order: Order;
  progress: number;
  timeline: readonly TimelineEvent[];
}) {
  const now = useNow();
  return (
    <div className={cx(styles.track, styles[statusAppearance(order.status).tone])}>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="Order progress"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={progress}
        aria-valuetext={`${progress}%, ${statusName(order.status)}`}
      >
        <div className={styles.fill} style={{ width: `${progress}%` }} />
      </div>
      <ol className={styles.steps}>
        {stepsOf(order, progress, timeline).map(({ name, label, state, at }) => {
          const Icon = state === "done" ? Check : ICONS[name];
          return (
            <li
              key={name}
              className={cx(styles.step, styles[state])}
              aria-current={state === "current" ? "step" : undefined}
            >
              <span key={state} className={styles.icon}>
                <Icon aria-hidden="true" />
              </span>
              <span className={styles.label}>{label}</span>
              {at && (
                <time className={styles.at} dateTime={at}>
                  {isSameDay(Date.parse(at), now) ? formatTime(at) : formatShortDate(at)}
                </time>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
