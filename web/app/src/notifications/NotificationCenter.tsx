import type { NotificationCategory } from "@ordercast/client";
import { useNotifications } from "@ordercast/react";
import { BellOff, CheckCheck } from "lucide-react";
import { useState } from "react";

import { messageOf } from "../api/http";
import { Banner, Button, cx, EmptyState, LinkButton, Loading, Skeleton, toast } from "../ui";
import { useCloseFlyOut } from "../ui/FlyOut";
import { CATEGORIES } from "./categories";
import styles from "./NotificationCenter.module.css";
import { NotificationItem } from "./NotificationItem";

export interface NotificationCenterProps {
  /** The version behind the bell: smaller, with a link to the full page. */
  compact?: boolean;
}

/** Notifications by category, marked as read one by one or all at once, in sync with all windows. */
export default function NotificationCenter({ compact }: NotificationCenterProps) {
  const [category, setCategory] = useState<NotificationCategory | "all">("all");
  const {
    notifications,
    unreadCount,
    isLoading,
    hasMore,
    isLoadingMore,
    loadMore,
    reload,
    markAsRead,
    markAllAsRead,
    error,
  } = useNotifications(category === "all" ? {} : category);

  // Links close the fly-out.
  const closeFlyOut = useCloseFlyOut();
  const showError = (problem: unknown) =>
    toast.error("Could not be marked as read", { description: messageOf(problem) });

  return (
    <div className={cx(styles.center, compact && styles.compact)}>
      <div className={styles.head}>
        {compact && (
          <h2 aria-hidden="true" className={styles.title}>
            Notifications
          </h2>
        )}
        <Button
          variant="quiet"
          size="sm"
          className={styles.all}
          disabled={unreadCount === 0}
          onClick={() => void markAllAsRead().catch(showError)}
        >
          <CheckCheck aria-hidden="true" />
          Mark all as read
        </Button>
      </div>
      <div className={styles.categories} role="group" aria-label="Show">
        {CATEGORIES.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            className={cx(styles.category, value === category && styles.chosen)}
            aria-pressed={value === category}
            onClick={() => setCategory(value)}
          >
            {label}
          </button>
        ))}
      </div>
      {error && notifications.length === 0 ? (
        <div className={styles.error}>
          <Banner
            severity="error"
            action={
              <Button size="sm" onClick={() => void reload()}>
                Try again
              </Button>
            }
          >
            {error.detail}
          </Banner>
        </div>
      ) : isLoading && notifications.length === 0 ? (
        <Loading label="Loading notifications">
          <div className={styles.placeholder}>
            {Array.from({ length: 5 }, (_, index) => (
              <Skeleton key={index} height="3rem" />
            ))}
          </div>
        </Loading>
      ) : notifications.length === 0 ? (
        <EmptyState icon={BellOff} title="No notifications">
          {category === "all" ? "Updates about your orders appear here." : "No notifications in this category."}
        </EmptyState>
      ) : (
        <ul className={styles.list} aria-label="Notifications">
          {notifications.map((notification) => (
            <NotificationItem
              key={notification.id}
              notification={notification}
              onRead={() => void markAsRead(notification.id).catch(showError)}
              onOpen={() => {
                if (!notification.read) void markAsRead(notification.id).catch(showError);
                closeFlyOut();
              }}
            />
          ))}
        </ul>
      )}
      {!compact && hasMore && (
        <Button className={styles.more} busy={isLoadingMore} onClick={() => void loadMore()}>
          Show older
        </Button>
      )}
      {compact && (
        <div className={styles.footer}>
          <LinkButton href="/notifications" variant="quiet" size="sm" wide onClick={closeFlyOut}>
            See all
          </LinkButton>
        </div>
      )}
    </div>
  );
}
