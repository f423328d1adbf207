import { useNotifications } from "@ordercast/react";
import { Bell } from "lucide-react";
import { lazy, Suspense } from "react";

import { CountBadge, formatCount, IconButton, Skeleton } from "../ui";
import { FlyOut } from "../ui/FlyOut";
import styles from "./NotificationBell.module.css";

const load = () => import("./NotificationCenter");
const NotificationCenter = lazy(load);

/** The bell with the number of unread notifications; it opens the notification center. */
export function NotificationBell() {
  const { unreadCount } = useNotifications();
  const count = unreadCount >= 999 ? "999 or more" : String(unreadCount);
  return (
    <>
      <FlyOut
        title="Notifications"
        hideTitle
        className={styles.panel}
        trigger={
          <IconButton
            label={unreadCount > 0 ? `Notifications, ${formatCount(unreadCount)} unread` : "Notifications"}
            onPointerEnter={() => void load()}
            onFocus={() => void load()}
          >
            {/* Rings when the number changes. */}
            <Bell key={unreadCount} className={unreadCount > 0 ? styles.ringing : undefined} aria-hidden="true" />
            <CountBadge count={unreadCount} className={styles.count} />
          </IconButton>
        }
      >
        <Suspense fallback={<Skeleton height="16rem" />}>
          <NotificationCenter compact />
        </Suspense>
      </FlyOut>
      <span className="visually-hidden" role="status">
        {unreadCount > 0 && `${count} unread ${unreadCount === 1 ? "notification" : "notifications"}`}
      </span>
    </>
  );
}
