import type { Notification } from "@ordercast/client";
import { Check } from "lucide-react";
import { Link } from "wouter";

import { isStaff, useSession } from "../session/session";
import { cx, RelativeTime } from "../ui";
import { CATEGORY_ICONS } from "./categories";
import styles from "./NotificationItem.module.css";

export interface NotificationItemProps {
  notification: Notification;
  onOpen: () => void;
  onRead: () => void;
}

/** One notification. A click opens its order. */
export function NotificationItem({ notification, onOpen, onRead }: NotificationItemProps) {
  const { account } = useSession();
  const { category, severity, title, message, orderId, at, read } = notification;
  const Icon = CATEGORY_ICONS[category];
  return (
    <li className={cx(styles.line, !read && styles.unread)}>
      <span className={cx(styles.icon, styles[severity])}>
        <Icon aria-hidden="true" />
      </span>
      <div className={styles.text}>
        <Link
          href={isStaff(account) ? `/admin/orders/${orderId}` : `/orders/${orderId}`}
          className={styles.link}
          onClick={onOpen}
        >
          {!read && <span className="visually-hidden">Unread: </span>}
          {title}
        </Link>
        <p className={styles.message}>{message}</p>
        <RelativeTime at={at} className={styles.at} />
      </div>
      {!read && (
        <button
          type="button"
          className={styles.read}
          aria-label={`Mark as read: ${message}`}
          title="Mark as read"
          onClick={onRead}
        >
          <span className={styles.dot} aria-hidden="true" />
          <Check aria-hidden="true" />
        </button>
      )}
    </li>
  );
}
