import { NotificationBell as Base } from "@ordercast/react";
import { Bell } from "lucide-react";

import { useTimes } from "../time/useTimes";
import { cx, formatCount, LinkButton } from "../ui";
import buttonStyles from "../ui/Button.module.css";
import badgeStyles from "../ui/Badge.module.css";
import styles from "./NotificationBell.module.css";
import { useInbox } from "./useInbox";
import { withLastKnown } from "./withLastKnown";
import { useNotificationSlots } from "./useNotificationSlots";

/** The bell with the number of unread notifications; it opens the notification center. */
export function NotificationBell() {
  const { unreadCount, lastKnown } = useInbox();
  const times = useTimes();
  const count = unreadCount >= 999 ? "999 or more" : String(unreadCount);
  const list = useNotificationSlots({ isCompact: true });
  return (
    <>
      <Base
        className={styles.root}
        classNames={{
          button: cx(buttonStyles.icon, buttonStyles["icon-md"]),
          badge: cx(badgeStyles.count, "tabular", styles.count),
          center: styles.panel,
        }}
        texts={{
          bell: (unread) => (unread > 0 ? `Notifications, ${formatCount(unread)} unread` : "Notifications"),
          badge: formatCount,
        }}
        icon={(unread) => <Bell key={unread} className={unread > 0 ? styles.ringing : undefined} />}
        adapt={(inbox, filter) => withLastKnown(inbox, filter, lastKnown?.value)}
        list={list}
        footer={(close) => (
          <div className={styles.footer}>
            {lastKnown && <p className={styles.stale}>Last known state, from {times.dateTime(lastKnown.at)}</p>}
            <LinkButton href="/notifications" variant="quiet" size="sm" wide onClick={close}>
              See all
            </LinkButton>
          </div>
        )}
      />
      <span className="visually-hidden" role="status">
        {unreadCount > 0 && `${count} unread ${unreadCount === 1 ? "notification" : "notifications"}`}
      </span>
    </>
  );
}
