import type { Notification, NotificationCategory } from "@ordercast/client";
import { useState, type ReactNode } from "react";
import type { Notifications } from "../useNotifications.js";
import { RelativeTime } from "./RelativeTime.js";

export interface NotificationListTexts {
  filter: string;
  all: string;
  categories: Partial<Record<NotificationCategory, string>>;
  markAllAsRead: string;
  /** For screen readers, before an unread notification. */
  unread: string;
  empty: string;
  loading: string;
  loadMore: string;
  failed: string;
}

export interface NotificationListProps {
  inbox: Notifications;
  category: NotificationCategory | undefined;
  onCategory: (category: NotificationCategory | undefined) => void;
  onOpen: (notification: Notification) => void;
  texts?: Partial<NotificationListTexts>;
  locale?: string;
}

const TEXTS: NotificationListTexts = {
  filter: "Filter",
  all: "All",
  categories: {},
  markAllAsRead: "Mark all as read",
  unread: "Unread.",
  empty: "Nothing here yet",
  loading: "Loading…",
  loadMore: "Show older",
  failed: "That did not work. Try again.",
};

const CATEGORIES: readonly [NotificationCategory, string][] = [
  ["order", "Orders"],
  ["delivery", "Delivery"],
  ["payment", "Payment"],
  ["return", "Returns"],
  ["cancellation", "Cancellations"],
];

/** The content of the notification center. */
export function NotificationList({
  inbox,
  category,
  onCategory,
  onOpen,
  texts,
  locale,
}: NotificationListProps): ReactNode {
  const labels = { ...TEXTS, ...texts };
  const { notifications, unreadCount, isLoading, hasMore, isLoadingMore } = inbox;
  const [hasFailed, setFailed] = useState(false);
  const attempt = (done: Promise<void>) => {
    setFailed(false);
    // The client has rolled the change back. Report the failure.
    done.catch(() => setFailed(true));
  };
  return (
    <>
      <div role="group" aria-label={labels.filter} data-part="filter">
        {[[undefined, labels.all] as const, ...CATEGORIES].map(([each, name]) => (
          <button key={name} type="button" aria-pressed={category === each} onClick={() => onCategory(each)}>
            {(each === undefined ? undefined : labels.categories[each]) ?? name}
          </button>
        ))}
      </div>
      <button
        type="button"
        data-part="mark-all"
        disabled={unreadCount === 0}
        onClick={() => attempt(inbox.markAllAsRead())}
      >
        {labels.markAllAsRead}
      </button>
      {hasFailed || inbox.error !== null ? (
        <p role="alert" data-part="error">
          {labels.failed}
        </p>
      ) : null}
      {notifications.length === 0 && inbox.error === null ? (
        <p data-part="empty">{isLoading ? labels.loading : labels.empty}</p>
      ) : null}
      <ul data-part="list">
        {notifications.map((notification) => (
          <li
            key={notification.id}
            data-read={notification.read}
            data-severity={notification.severity}
            data-category={notification.category}
          >
            <button
              type="button"
              data-part="line"
              onClick={() => {
                if (!notification.read) attempt(inbox.markAsRead(notification.id));
                onOpen(notification);
              }}
            >
              {notification.read ? null : <span data-part="unread">{labels.unread} </span>}
              <span data-part="title">{notification.title}</span>{" "}
              <span data-part="message">{notification.message}</span>{" "}
              <RelativeTime at={notification.at} {...(locale === undefined ? {} : { locale })} />
            </button>
          </li>
        ))}
      </ul>
      {hasMore ? (
        <button type="button" data-part="more" disabled={isLoadingMore} onClick={() => void inbox.loadMore()}>
          {isLoadingMore ? labels.loading : labels.loadMore}
        </button>
      ) : null}
    </>
  );
}
