import type { Notification, NotificationCategory, OrdercastProblem } from "@ordercast/client";
import { useState, type ReactNode } from "react";
import type { Notifications } from "../useNotifications.js";
import { RelativeTime } from "./RelativeTime.js";

export interface NotificationListTexts {
  /** Accessible name of the category filter. */
  filter: string;
  all: string;
  categories: Partial<Record<NotificationCategory, string>>;
  markAllAsRead: string;
  /** Accessible name of the button that marks one notification as read. */
  markAsRead: (notification: Notification) => string;
  /** For screen readers, before an unread notification. */
  unread: string;
  empty: string;
  loading: string;
  loadMore: string;
  failed: string;
}

export type NotificationListPart =
  | "head"
  | "mark-all"
  | "filter"
  | "category"
  | "error"
  | "empty"
  | "list"
  | "item"
  | "icon"
  | "line"
  | "unread"
  | "title"
  | "message"
  | "mark-read"
  | "more";

/** Props for the element that opens a notification. */
export interface NotificationLinkProps {
  onClick: () => void;
  children: ReactNode;
  className: string | undefined;
  "data-part": "line";
}

/** How a list looks. Everything is optional. */
export interface NotificationListSlots {
  texts?: Partial<NotificationListTexts>;
  locale?: string;
  /** Class names of the parts. */
  classNames?: Partial<Record<NotificationListPart, string | undefined>>;
  /** Accessible name of the list. */
  label?: string;
  /** Shown beside "Mark all as read". */
  heading?: ReactNode;
  /** Rendered before a notification, hidden from screen readers. */
  icon?: (notification: Notification) => ReactNode;
  /** Renders the element that opens a notification, such as a router's link. Default: a button. */
  renderLink?: (notification: Notification, props: NotificationLinkProps) => ReactNode;
  /** Content of the button that marks one notification as read. Default: its text. */
  markAsReadIcon?: ReactNode;
  /** Renders a time. Default: `RelativeTime`. */
  renderTime?: (at: string) => ReactNode;
  empty?: (category: NotificationCategory | undefined) => ReactNode;
  loading?: ReactNode;
  /** Renders a list that could not be loaded. Default: `texts.failed`. */
  renderError?: (problem: OrdercastProblem, reload: () => void) => ReactNode;
  /** A notification could not be marked as read. Default: shows `texts.failed`. */
  onActionFailed?: (problem: unknown) => void;
}

export interface NotificationListProps extends NotificationListSlots {
  inbox: Notifications;
  category: NotificationCategory | undefined;
  onCategory: (category: NotificationCategory | undefined) => void;
  /** Called after the notification was marked as read. */
  onOpen: (notification: Notification) => void;
}

const TEXTS: NotificationListTexts = {
  filter: "Filter",
  all: "All",
  categories: {},
  markAllAsRead: "Mark all as read",
  markAsRead: ({ message }) => `Mark as read: ${message}`,
  unread: "Unread.",
  empty: "No notifications",
  loading: "Loading…",
  loadMore: "Show older",
  failed: "Something went wrong. Try again.",
};

const CATEGORIES: readonly [NotificationCategory, string][] = [
  ["order", "Orders"],
  ["delivery", "Delivery"],
  ["payment", "Payment"],
  ["return", "Returns"],
  ["cancellation", "Cancellations"],
];

/** Notifications with a category filter. Style the parts by `data-part` or `classNames`. */
export function NotificationList(props: NotificationListProps): ReactNode {
  const { inbox, category, onCategory, classNames, onActionFailed } = props;
  const texts = { ...TEXTS, ...props.texts };
  const { notifications, unreadCount, isLoading, hasMore, isLoadingMore, error } = inbox;
  const [hasFailed, setFailed] = useState(false);
  const attempt = (done: Promise<void>) => {
    setFailed(false);
    // The client has rolled the change back.
    done.catch((problem: unknown) => (onActionFailed ? onActionFailed(problem) : setFailed(true)));
  };
  const isEmpty = notifications.length === 0;
  return (
    <>
      <div data-part="head" className={classNames?.head}>
        {props.heading}
        <button
          type="button"
          data-part="mark-all"
          className={classNames?.["mark-all"]}
          disabled={unreadCount === 0}
          onClick={() => attempt(inbox.markAllAsRead())}
        >
          {texts.markAllAsRead}
        </button>
      </div>
      <div role="group" aria-label={texts.filter} data-part="filter" className={classNames?.filter}>
        {[[undefined, texts.all] as const, ...CATEGORIES].map(([each, name]) => (
          <button
            key={name}
            type="button"
            data-part="category"
            className={classNames?.category}
            aria-pressed={category === each}
            onClick={() => onCategory(each)}
          >
            {(each === undefined ? undefined : texts.categories[each]) ?? name}
          </button>
        ))}
      </div>
      {hasFailed || (error !== null && !props.renderError) ? (
        <p role="alert" data-part="error" className={classNames?.error}>
          {texts.failed}
        </p>
      ) : null}
      {error !== null && isEmpty ? props.renderError?.(error, () => void inbox.reload()) : null}
      {isEmpty && error === null ? (
        <div data-part="empty" className={classNames?.empty}>
          {isLoading ? (props.loading ?? texts.loading) : (props.empty?.(category) ?? texts.empty)}
        </div>
      ) : null}
      <ul data-part="list" className={classNames?.list} aria-label={props.label} hidden={isEmpty}>
        {notifications.map((notification) => (
          <Item
            key={notification.id}
            notification={notification}
            texts={texts}
            slots={props}
            onRead={() => attempt(inbox.markAsRead(notification.id))}
            onOpen={() => {
              if (!notification.read) attempt(inbox.markAsRead(notification.id));
              props.onOpen(notification);
            }}
          />
        ))}
      </ul>
      {hasMore ? (
        <button
          type="button"
          data-part="more"
          className={classNames?.more}
          disabled={isLoadingMore}
          onClick={() => void inbox.loadMore()}
        >
          {isLoadingMore ? texts.loading : texts.loadMore}
        </button>
      ) : null}
    </>
  );
}

interface ItemProps {
  notification: Notification;
  texts: NotificationListTexts;
  slots: NotificationListSlots;
  onRead: () => void;
  onOpen: () => void;
}

function Item({ notification, texts, slots, onRead, onOpen }: ItemProps): ReactNode {
  const { classNames, icon, locale, markAsReadIcon } = slots;
  const { read, severity, category, title, message, at } = notification;
  const {
    renderLink = (_, props) => <button type="button" {...props} />,
    renderTime = (time) => <RelativeTime at={time} {...(locale === undefined ? {} : { locale })} />,
  } = slots;
  const children = (
    <>
      {read ? null : (
        <span data-part="unread" className={classNames?.unread}>
          {texts.unread}{" "}
        </span>
      )}
      <span data-part="title" className={classNames?.title}>
        {title}
      </span>{" "}
      <span data-part="message" className={classNames?.message}>
        {message}
      </span>{" "}
      {renderTime(at)}
    </>
  );
  return (
    <li
      data-part="item"
      data-read={read}
      data-severity={severity}
      data-category={category}
      className={classNames?.item}
    >
      {icon === undefined ? null : (
        <span aria-hidden="true" data-part="icon" className={classNames?.icon}>
          {icon(notification)}
        </span>
      )}
      {renderLink(notification, { onClick: onOpen, children, className: classNames?.line, "data-part": "line" })}
      {read ? null : (
        <button
          type="button"
          data-part="mark-read"
          className={classNames?.["mark-read"]}
          aria-label={texts.markAsRead(notification)}
          title={markAsReadIcon === undefined ? undefined : texts.markAsRead(notification)}
          onClick={onRead}
        >
          {markAsReadIcon ?? "Mark as read"}
        </button>
      )}
    </li>
  );
}
