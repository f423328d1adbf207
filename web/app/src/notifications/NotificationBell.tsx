import { useNotifications } from "@ordercast/react";
import { Bell } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { CountBadge, IconButton, Skeleton } from "../ui";
import { Popover } from "../ui/Popover";
import styles from "./NotificationBell.module.css";

const Centre = lazy(() => import("./Centre"));

/** The bell (row D5): how many are unread, on every page; behind it the centre. */
export function NotificationBell() {
  const { unreadCount } = useNotifications();
  const [open, setOpen] = useState(false);
  const count = unreadCount >= 999 ? "999 or more" : String(unreadCount);
  return (
    <>
      <Popover
        title="Notifications"
        quietTitle
        className={styles.popup}
        open={open}
        onOpenChange={setOpen}
        trigger={
          <IconButton label={unreadCount > 0 ? `Notifications, ${count} unread` : "Notifications"}>
            {/* Rings when there is more to read. */}
            <Bell key={unreadCount} className={unreadCount > 0 ? styles.ringing : undefined} aria-hidden="true" />
            <CountBadge count={unreadCount} className={styles.count} />
          </IconButton>
        }
      >
        <Suspense fallback={<Skeleton height="16rem" />}>
          <Centre compact onLeave={() => setOpen(false)} />
        </Suspense>
      </Popover>
      <span className="visually-hidden" role="status">
        {unreadCount > 0 && `${count} unread ${unreadCount === 1 ? "notification" : "notifications"}`}
      </span>
    </>
  );
}
