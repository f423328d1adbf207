import { useNotifications } from "@ordercast/react";
import { Bell } from "lucide-react";
import { lazy, Suspense } from "react";

import { CountBadge, countText, IconButton, Skeleton } from "../ui";
import { FlyOut } from "../ui/FlyOut";
import styles from "./NotificationBell.module.css";

const load = () => import("./Centre");
const Centre = lazy(load);

/** The bell (row D5): how many are unread, on every page; behind it the centre. */
export function NotificationBell() {
  const { unreadCount } = useNotifications();
  const count = unreadCount >= 999 ? "999 or more" : String(unreadCount);
  return (
    <>
      <FlyOut
        title="Notifications"
        quietTitle
        className={styles.panel}
        trigger={
          <IconButton
            label={unreadCount > 0 ? `Notifications, ${countText(unreadCount)} unread` : "Notifications"}
            onPointerEnter={() => void load()}
            onFocus={() => void load()}
          >
            {/* Rings when there is more to read. */}
            <Bell key={unreadCount} className={unreadCount > 0 ? styles.ringing : undefined} aria-hidden="true" />
            <CountBadge count={unreadCount} className={styles.count} />
          </IconButton>
        }
      >
        <Suspense fallback={<Skeleton height="16rem" />}>
          <Centre compact />
        </Suspense>
      </FlyOut>
      <span className="visually-hidden" role="status">
        {unreadCount > 0 && `${count} unread ${unreadCount === 1 ? "notification" : "notifications"}`}
      </span>
    </>
  );
}
