import type { Order, TimelineEvent } from "@ordercast/client";

import { statusLook } from "../orders/status";
import { cx, RelativeTime, StatusBadge } from "../ui";
import { useNow } from "../ui/useNow";
import { Wash } from "../ui/Wash";
import styles from "./Hero.module.css";
import { headlineOf } from "./headline";
import { ProgressTrack } from "./ProgressTrack";

export interface HeroProps {
  order: Order;
  timeline: readonly TimelineEvent[];
  progress: number;
  isPending: boolean;
}

/** When it comes, in the largest letters; where it stands; how far it is. */
export function Hero({ order, timeline, progress, isPending }: HeroProps) {
  const { eyebrow, words, hour, detail } = headlineOf(order, timeline, useNow());
  const cancelled = order.status === "cancelled";
  return (
    <section
      className={cx(styles.hero, styles[statusLook(order.status).tone])}
      aria-label="Where it stands"
      aria-busy={isPending}
    >
      <Wash of={order.status} className={styles.wash} />
      <div className={styles.top}>
        <StatusBadge status={order.status} className={styles.badge} />
        <p className={styles.changed}>
          Updated <RelativeTime at={order.updatedAt} />
        </p>
      </div>
      <div className={styles.headline}>
        <p className={styles.eyebrow}>{eyebrow}</p>
        <p className={styles.words}>
          {words}
          {hour && <span className={styles.hour}> {hour}</span>}
        </p>
        {detail && <p className={styles.detail}>{detail}</p>}
      </div>
      {!cancelled && (
        <>
          <p className={styles.percent}>
            <span key={progress} className="tabular">
              {progress}%
            </span>
          </p>
          <ProgressTrack order={order} progress={progress} timeline={timeline} />
        </>
      )}
    </section>
  );
}
