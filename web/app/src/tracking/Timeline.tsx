import type { TimelineEvent } from "@ordercast/client";
import { CalendarClock, CreditCard, MapPin, Package, StickyNote, UserRound, type LucideIcon } from "lucide-react";

import { STATUSES } from "../orders/status";
import { useSession } from "../session/session";
import { cx, RelativeTime } from "../ui";
import { timelineEntries, type Mark } from "./timeline";
import styles from "./Timeline.module.css";

const ICONS: Record<Mark, LucideIcon> = {
  pending: STATUSES.pending.icon,
  processing: STATUSES.processing.icon,
  shipped: STATUSES.shipped.icon,
  paid: STATUSES.paid.icon,
  delivered: STATUSES.delivered.icon,
  cancelled: STATUSES.cancelled.icon,
  payment: CreditCard,
  parcel: Package,
  person: UserRound,
  calendar: CalendarClock,
  place: MapPin,
  note: StickyNote,
};

/** Everything that happened to an order, newest first. What comes in live slides in and is announced. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const { account } = useSession();
  return (
    <ol className={styles.timeline} aria-label="Timeline, newest first" aria-live="polite" aria-relevant="additions">
      {timelineEntries(events, account).map(({ id, at, title, details, who, mark, tone }) => {
        const Icon = ICONS[mark];
        return (
          <li key={id} className={styles.entry}>
            <span className={cx(styles.mark, styles[tone])}>
              <Icon aria-hidden="true" />
            </span>
            <div className={styles.words}>
              <p className={styles.title}>{title}</p>
              {details.map((detail) => (
                <p key={detail} className={styles.detail}>
                  {detail}
                </p>
              ))}
              <p className={styles.by}>
                {who} · <RelativeTime at={at} />
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
