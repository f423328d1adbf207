import type { TimelineEvent } from "@ordercast/client";
import { OrderTimeline } from "@ordercast/react";
import { CalendarClock, CreditCard, MapPin, Package, StickyNote, UserRound, type LucideIcon } from "lucide-react";
import { useMemo } from "react";

import { STATUSES } from "../orders/status";
import { useSession } from "../session/session";
import { useTimes } from "../time/useTimes";
import { cx, RelativeTime } from "../ui";
import { describeEvent, headingOf, withoutOldLocations, type TimelineIcon } from "./timeline";
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

const CLASS_NAMES = {
  item: styles.entry,
  title: styles.title,
  detail: styles.detail,
  meta: styles.by,
  who: styles.who,
};

function EventIcon({ event }: { event: TimelineEvent }) {
  const { icon, tone } = headingOf(event);
  const Icon = ICONS[icon];
  return (
    <span className={cx(styles.icon, styles[tone])}>
      <Icon />
    </span>
  );
}

/** The order's history, newest first. New entries are animated and announced. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  const { account } = useSession();
  const times = useTimes();
  const timeline = useMemo(() => withoutOldLocations(events), [events]);
  return (
    <OrderTimeline
      timeline={timeline}
      showLocations
      label="Order history, newest first"
      describe={(event) => describeEvent(event, account, times)}
      icon={(event) => <EventIcon event={event} />}
      renderTime={(at) => <RelativeTime at={at} />}
      classNames={CLASS_NAMES}
    />
  );
}
