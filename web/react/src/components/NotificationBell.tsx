import type { InboxFilter, Notification, NotificationCategory } from "@ordercast/client";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { useNotifications, type Notifications } from "../useNotifications.js";
import { NotificationList, type NotificationListSlots } from "./NotificationList.js";

export interface NotificationBellTexts {
  /** The button's accessible name. */
  bell: (unread: number) => string;
  badge: (unread: number) => string;
  /** The panel's accessible name. */
  center: string;
}

export interface NotificationBellProps {
  /** Called when a notification is opened, after it was marked as read. */
  onOpen?: (notification: Notification) => void;
  /** Content of the button, hidden from screen readers. Default: the word. */
  icon?: ReactNode | ((unread: number) => ReactNode);
  texts?: Partial<NotificationBellTexts>;
  className?: string | undefined;
  /** Class names of the parts. */
  classNames?: Partial<Record<"button" | "icon" | "badge" | "center", string | undefined>>;
  /** Replaces what the panel shows, such as by stored notifications while the server cannot be reached. */
  adapt?: (inbox: Notifications, filter: InboxFilter) => Notifications;
  /** How the list in the panel looks. */
  list?: NotificationListSlots;
  /** Shown below the list. `close` closes the panel. */
  footer?: (close: () => void) => ReactNode;
}

/** The server counts up to this number; it stands for this many or more. */
const MAX_UNREAD = 999;
const TEXTS: NotificationBellTexts = {
  bell: (unread) =>
    unread === 0 ? "Notifications" : `Notifications, ${unread >= MAX_UNREAD ? "more than 998" : unread} unread`,
  badge: (unread) => (unread >= MAX_UNREAD ? "999+" : String(unread)),
  center: "Notifications",
};

/**
 * A bell with a badge that opens a panel with notifications. Escape and a click outside close it. Style the parts by
 * `data-part` or `classNames`; the badge is a new element for each count, so that an animation restarts.
 */
export function NotificationBell(props: NotificationBellProps): ReactNode {
  const { onOpen, icon, className, classNames, list, footer, adapt } = props;
  const texts = { ...TEXTS, ...props.texts };
  const [isOpen, setOpen] = useState(false);
  const [category, setCategory] = useState<NotificationCategory | undefined>(undefined);
  const filter = category === undefined ? {} : { category };
  const current = useNotifications(filter);
  const inbox = adapt ? adapt(current, filter) : current;
  const { unreadCount } = inbox;
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = ({ target }: PointerEvent) => {
      if (!(target instanceof Node) || root.current?.contains(target) !== true) setOpen(false);
    };
    // On the document: the focus moves to the page when a button of the list goes away.
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", onPointerDown);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [isOpen]);

  function open(notification: Notification): void {
    setOpen(false);
    button.current?.focus();
    onOpen?.(notification);
  }

  return (
    <div ref={root} className={className} data-ordercast="notification-bell" data-open={isOpen}>
      <button
        ref={button}
        type="button"
        aria-label={texts.bell(unreadCount)}
        aria-expanded={isOpen}
        aria-controls={id}
        data-part="button"
        className={classNames?.button}
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true" data-part="icon" className={classNames?.icon}>
          {(typeof icon === "function" ? icon(unreadCount) : icon) ?? "Notifications"}
        </span>
        {unreadCount === 0 ? null : (
          <span key={unreadCount} aria-hidden="true" data-part="badge" className={classNames?.badge}>
            {texts.badge(unreadCount)}
          </span>
        )}
      </button>
      <section id={id} aria-label={texts.center} data-part="center" className={classNames?.center} hidden={!isOpen}>
        {isOpen ? (
          <>
            <NotificationList {...list} inbox={inbox} category={category} onCategory={setCategory} onOpen={open} />
            {footer?.(() => setOpen(false))}
          </>
        ) : null}
      </section>
    </div>
  );
}
