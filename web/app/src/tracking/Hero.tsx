import type { Order, TimelineEvent } from "@ordercast/client";
import { useNow } from "@ordercast/react";

import { statusAppearance } from "../orders/status";
import { useTimes } from "../time/useTimes";
import { cx, RelativeTime, StatusBadge } from "../ui";
import { FlashOnChange } from "../ui/FlashOnChange";
import styles from "./Hero.module.css";
import { headlineOf } from "./headline";
import { ProgressTrack } from "./ProgressTrack";
import { statusSince } from "./steps";

export interface HeroProps {
  order: Order;
  timeline: readonly TimelineEvent[];
  isPending: boolean;
}

/** The expected time, the status and the progress. */
export function Hero({ order, timeline, isPending }: HeroProps) {
  const { eyebrow, title, time, detail } = headlineOf(order, timeline, useNow(), useTimes());
  const since = statusSince(order, timeline);
  const cancelled = order.status === "cancelled";
  return (
    <section
      className={cx(styles.hero, styles[statusAppearance(order.status).tone])}
      aria-label="Order status"
      aria-busy={isPending}
    >
      <FlashOnChange value={order.status} className={styles.flash} />
      <div className={styles.top}>
        <StatusBadge status={order.status} className={styles.badge} />
        {since && (
          <p className={styles.changed}>
            <span className="visually-hidden">Status set </span>
            <RelativeTime at={since} />
          </p>
        )}
      </div>
      <div className={styles.headline}>
        <p className={styles.eyebrow}>{eyebrow}</p>
        <p className={styles.text}>
          {title}
          {time && <span className={styles.time}> {time}</span>}
        </p>
        {detail && <p className={styles.detail}>{detail}</p>}
      </div>
      {!cancelled && (
        <>
          <p className={styles.percent}>
            <span key={order.progress} className="tabular">
              {order.progress}%
            </span>
          </p>
          <ProgressTrack order={order} timeline={timeline} />
        </>
      )}
    </section>
  );
}
