import type { Order, TimelineEvent } from "@ordercast/client";
import { OrderProgress, useNow } from "@ordercast/react";
import { Check, House, PackageOpen, ShoppingBag, Truck } from "lucide-react";

import { statusAppearance } from "../orders/status";
import { useTimes } from "../time/useTimes";
import { cx } from "../ui";
import styles from "./ProgressTrack.module.css";
import { stepsOf, type Step } from "./steps";

const ICONS: Record<Step["name"], typeof Check> = {
  placed: ShoppingBag,
  processing: PackageOpen,
  shipped: Truck,
  delivered: House,
};

/** The progress bar and the steps of an order. */
export function ProgressTrack({ order, timeline }: { order: Order; timeline: readonly TimelineEvent[] }) {
  const now = useNow();
  const times = useTimes();
  return (
    <div className={cx(styles.track, styles[statusAppearance(order.status).tone])}>
      <OrderProgress
        order={order}
        classNames={{
          label: "visually-hidden",
          bar: styles.bar,
          status: styles.hidden,
          percent: styles.hidden,
        }}
      />
      <ol className={styles.steps}>
        {stepsOf(order, timeline).map(({ name, label, state, at }) => {
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
                  {times.isSameDay(at, now) ? times.time(at) : times.shortDate(at)}
                </time>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
