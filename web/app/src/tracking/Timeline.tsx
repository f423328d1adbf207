import type { TimelineEvent } from "@ordercast/client";
import { CalendarClock, CreditCard, MapPin, Package, StickyNote, UserRound, type LucideIcon } from "lucide-react";

import { STATUSES } from "../orders/status";
import { useSession } from "../session/session";
import { cx, RelativeTime } from "../ui";
import { timelineEntries, type TimelineIcon } from "./timeline";
import styles from "./Timeline.module.css";

const ICONS: Record<TimelineIcon, LucideIcon> = {
  pending: STATUSES.pending.icon,
  processing: STATUSES.processing.icon,
  shipped: STATUSES.shipped.icon,
  paid: STATUSES.paid.icon,
  delivered: STATUSES.delivered.icon,
  cancelled: STATUSES.cancelled.icon,
  payment: CreditCard,
  parcel: Package,
  courier: UserRound,
  calendar: CalendarClock,
  location: MapPin,
  note: StickyNote,
};

/** The order's history, newest first. New entries are animated and announced. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const { account } = useSession();
  return (
    <ol
      className={styles.timeline}
      aria-label="Order history, newest first"
      aria-live="polite"
      aria-relevant="additions"
    >
      {timelineEntries(events, account).map(({ id, at, title, details, who, icon, tone }) => {
        const Icon = ICONS[icon];
        return (
          <li key={id} className={styles.entry}>
            <span className={cx(styles.icon, styles[tone])}>
              <Icon aria-hidden="true" />
            </span>
            <div className={styles.text}>
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
