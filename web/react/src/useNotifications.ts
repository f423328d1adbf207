import type { InboxFilter, Notification, NotificationCategory, OrdercastProblem } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useMember, useStore } from "./useStore.js";

export interface Notifications {
  /** Newest first. */
  notifications: readonly Notification[];
  /** Of all categories; 999 means 999 or more. */
  unreadCount: number;
  /** Marks one notification as read, in every window. */
  markAsRead: (id: string) => Promise<void>;
  markAllAsRead: () => Promise<void>;
  isConnected: boolean;
  isLoading: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => Promise<void>;
  reload: () => Promise<void>;
  error: OrdercastProblem | null;
}

/** The live notification center, optionally reduced to one category or to unread notifications. */
export function useNotifications(filter: NotificationCategory | InboxFilter = {}): Notifications {
  const { connection, inbox } = useOrdercast();
  const list = inbox.list(typeof filter === "string" ? { category: filter } : filter);
  const { state, ...snapshot } = useStore(list);
  const isConnected = useMember(connection, "isConnected");
  return {
    ...snapshot,
    isConnected,
    isLoading: state === "idle" || state === "loading",
    markAsRead: inbox.markRead,
    markAllAsRead: inbox.markAllRead,
    loadMore: list.loadMore,
    reload: list.load,
  };
}
