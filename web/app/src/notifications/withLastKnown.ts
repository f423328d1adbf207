import type { InboxFilter, Notification } from "@ordercast/client";
import type { Notifications } from "@ordercast/react";

/** The part of the inbox that is stored on this device. */
export interface StoredInbox {
  notifications: readonly Notification[];
  unreadCount: number;
}

/** Shows the stored notifications where the server's could not be loaded. */
export function withLastKnown(
  inbox: Notifications,
  { category, unread }: InboxFilter,
  stored: StoredInbox | undefined,
): Notifications {
  if (!stored || inbox.notifications.length > 0) return inbox;
  return {
    ...inbox,
    notifications: stored.notifications.filter(
      (each) => (!category || each.category === category) && !(unread && each.read),
    ),
    unreadCount: stored.unreadCount,
    isLoading: false,
    hasMore: false,
    error: null,
  };
}
