import type { NotificationCategory } from "@ordercast/client";
import { useNotifications } from "@ordercast/react";
import { BellOff, CheckCheck } from "lucide-react";
import { useState } from "react";

import { messageOf } from "../api/http";
import { Banner, Button, cx, EmptyState, LinkButton, Loading, Skeleton, toast } from "../ui";
import { useCloseFlyOut } from "../ui/FlyOut";
import { CATEGORIES } from "./categories";
import styles from "./Centre.module.css";
import { NotificationLine } from "./NotificationLine";

export interface CentreProps {
  /** Behind the bell: less room, and a way to the whole page. */
  compact?: boolean;
}

/** The notification centre: by category, read one by one or all at once, kept the same in every window. */
export default function Centre({ compact }: CentreProps) {
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

  // What leads elsewhere leaves it.
  const leave = useCloseFlyOut();
  const tell = (problem: unknown) =>
    toast.error("That could not be marked as read", { description: messageOf(problem) });

  return (
    <div className={cx(styles.centre, compact && styles.compact)}>
      <div className={styles.head}>
        {compact && (
          <h2 aria-hidden="true" className={styles.title}>
            Notifications
          </h2>
        )}
        <Button
          look="quiet"
          size="sm"
          className={styles.all}
          disabled={unreadCount === 0}
          onClick={() => void markAllAsRead().catch(tell)}
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
          <div className={styles.coming}>
            {Array.from({ length: 5 }, (_, place) => (
              <Skeleton key={place} height="3rem" />
            ))}
          </div>
        </Loading>
      ) : notifications.length === 0 ? (
        <EmptyState icon={BellOff} title="Nothing here">
          {category === "all" ? "What happens to your orders is told here." : "Nothing of this kind has happened."}
        </EmptyState>
      ) : (
        <ul className={styles.list} aria-label="Notifications">
          {notifications.map((notification) => (
            <NotificationLine
              key={notification.id}
              notification={notification}
              onRead={() => void markAsRead(notification.id).catch(tell)}
              onOpen={() => {
                if (!notification.read) void markAsRead(notification.id).catch(tell);
                leave();
              }}
            />
          ))}
        </ul>
      )}
      {!compact && hasMore && (
        <Button className={styles.more} busy={isLoadingMore} onClick={() => void loadMore()}>
          Show older ones
        </Button>
      )}
      {compact && (
        <div className={styles.foot}>
          <LinkButton href="/notifications" look="quiet" size="sm" wide onClick={leave}>
            See all
          </LinkButton>
        </div>
      )}
    </div>
  );
}
