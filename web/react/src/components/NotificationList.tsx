import type { Notification, NotificationCategory } from "@ordercast/client";
import { useState, type ReactNode } from "react";
import type { Notifications } from "../useNotifications.js";
import { RelativeTime } from "./RelativeTime.js";

export interface NotificationListTexts {
  filter: string;
  all: string;
  categories: Partial<Record<NotificationCategory, string>>;
  markAllAsRead: string;
  /** For screen readers, before a line that is unread. */
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

/** The notification centre: filter, lines, and what can be done with them. */
export function NotificationList({
  inbox,
  category,
  onCategory,
  onOpen,
  texts,
  locale,
}: NotificationListProps): ReactNode {
  const words = { ...TEXTS, ...texts };
  const { notifications, unreadCount, isLoading, hasMore, isLoadingMore } = inbox;
  const [hasFailed, setFailed] = useState(false);
  const attempt = (done: Promise<void>) => {
    setFailed(false);
    // The client has put back what was shown; what is left is to say so.
    done.catch(() => setFailed(true));
  };
  return (
    <>
      <div role="group" aria-label={words.filter} data-part="filter">
        {[[undefined, words.all] as const, ...CATEGORIES].map(([each, name]) => (
          <button key={name} type="button" aria-pressed={category === each} onClick={() => onCategory(each)}>
            {(each === undefined ? undefined : words.categories[each]) ?? name}
          </button>
        ))}
      </div>
      <button
        type="button"
        data-part="mark-all"
        disabled={unreadCount === 0}
        onClick={() => attempt(inbox.markAllAsRead())}
      >
        {words.markAllAsRead}
      </button>
      {hasFailed || inbox.error !== null ? (
        <p role="alert" data-part="error">
          {words.failed}
        </p>
      ) : null}
      {notifications.length === 0 && inbox.error === null ? (
        <p data-part="empty">{isLoading ? words.loading : words.empty}</p>
      ) : null}
      <ul data-part="list">
        {notifications.map((line) => (
          <li key={line.id} data-read={line.read} data-severity={line.severity} data-category={line.category}>
            <button
              type="button"
              data-part="line"
              onClick={() => {
                if (!line.read) attempt(inbox.markAsRead(line.id));
                onOpen(line);
              }}
            >
              {line.read ? null : <span data-part="unread">{words.unread} </span>}
              <span data-part="title">{line.title}</span> <span data-part="message">{line.message}</span>{" "}
              <RelativeTime at={line.at} {...(locale === undefined ? {} : { locale })} />
            </button>
          </li>
        ))}
      </ul>
      {hasMore ? (
        <button type="button" data-part="more" disabled={isLoadingMore} onClick={() => void inbox.loadMore()}>
          {isLoadingMore ? words.loading : words.loadMore}
        </button>
      ) : null}
    </>
  );
}
