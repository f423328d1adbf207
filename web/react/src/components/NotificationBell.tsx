import type { Notification, NotificationCategory } from "@ordercast/client";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useNotifications } from "../useNotifications.js";
import { NotificationList, type NotificationListTexts } from "./NotificationList.js";

export interface NotificationBellTexts extends NotificationListTexts {
  /** The accessible name of the button. */
  bell: (unread: number) => string;
  /** The accessible name of the notification center. */
  center: string;
}

export interface NotificationBellProps {
  /** Called with the selected notification, after it was marked as read. Open its order. */
  onOpen?: (notification: Notification) => void;
  /** Content of the button. Default: the word "Notifications". Screen readers read the button's name instead. */
  icon?: ReactNode;
  texts?: Partial<NotificationBellTexts>;
  locale?: string;
  className?: string;
}

/** The server counts up to 999, which stands for 999 or more. */
const MANY = 999;
const bell = (unread: number) =>
  unread === 0 ? "Notifications" : `Notifications, ${unread >= MANY ? "more than 998" : unread} unread`;

/**
 * A bell with a badge that opens the notification center. Escape and a click elsewhere close it. Style the parts by
 * `data-part`. Each new count renders a new badge element, so that a CSS animation runs.
 */
export function NotificationBell({ onOpen, icon, texts, locale, className }: NotificationBellProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const [category, setCategory] = useState<NotificationCategory | undefined>(undefined);
  const inbox = useNotifications(category === undefined ? {} : { category });
  const { unreadCount } = inbox;
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!isOpen) return;
    const close = ({ target }: PointerEvent) => {
      if (!(target instanceof Node) || root.current?.contains(target) !== true) setOpen(false);
    };
    document.addEventListener("pointerdown", close);
    return () => document.removeEventListener("pointerdown", close);
  }, [isOpen]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  }

  function open(notification: Notification): void {
    setOpen(false);
    button.current?.focus();
    onOpen?.(notification);
  }

  return (
    <div
      ref={root}
      role="presentation"
      className={className}
      data-ordercast="notification-bell"
      data-open={isOpen}
      onKeyDown={onKeyDown}
    >
      <button
        ref={button}
        type="button"
        aria-label={(texts?.bell ?? bell)(unreadCount)}
        aria-expanded={isOpen}
        aria-controls={id}
        data-part="button"
        onClick={() => setOpen(!isOpen)}
      >
        <span aria-hidden="true" data-part="icon">
          {icon ?? "Notifications"}
        </span>
        {unreadCount === 0 ? null : (
          <span key={unreadCount} aria-hidden="true" data-part="badge">
            {unreadCount >= MANY ? "999+" : unreadCount}
          </span>
        )}
      </button>
      <section id={id} aria-label={texts?.center ?? "Notifications"} data-part="center" hidden={!isOpen}>
        {isOpen ? (
          <NotificationList
            inbox={inbox}
            category={category}
            onCategory={setCategory}
            onOpen={open}
            {...(texts === undefined ? {} : { texts })}
            {...(locale === undefined ? {} : { locale })}
          />
        ) : null}
      </section>
    </div>
  );
}
