import type { Notification, NotificationCategory } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import type { LoadState, Store } from "../store.js";

export interface InboxFilter {
  /** About this alone. */
  category?: NotificationCategory;
  /** Only what is unread. */
  unread?: boolean;
}

export interface InboxSnapshot {
  state: LoadState;
  /** Newest first. */
  notifications: readonly Notification[];
  /** Of all categories; 999 means 999 or more. */
  unreadCount: number;
  hasMore: boolean;
  isLoadingMore: boolean;
  error: OrdercastProblem | null;
}

/** Notifications, live. They load when somebody subscribes. */
export interface InboxList extends Store<InboxSnapshot> {
  readonly filter: InboxFilter;
  readonly load: () => Promise<void>;
  readonly loadMore: () => Promise<void>;
}

export interface InboxStore extends InboxList {
  /** A filtered list, live as well. The same filter gives the same list. */
  readonly list: (filter: InboxFilter) => InboxList;
  /** Shown at once, rolled back when refused. Throws {@handle OrdercastProblem}. Every window follows. */
  readonly markRead: (id: string) => Promise<void>;
  /** Reads what is there now: what arrives meanwhile stays unread. */
  readonly markAllRead: () => Promise<void>;
}
