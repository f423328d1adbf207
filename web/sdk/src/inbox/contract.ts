import type { Notification, NotificationCategory } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import type { LoadState, Store } from "../store.js";

export interface InboxFilter {
  category?: NotificationCategory;
  /** Only unread notifications. */
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

/** A live list of notifications. It loads when somebody subscribes. */
export interface InboxList extends Store<InboxSnapshot> {
  readonly filter: InboxFilter;
  readonly load: () => Promise<void>;
  readonly loadMore: () => Promise<void>;
}

export interface InboxStore extends InboxList {
  /** A live filtered list. The same filter returns the same list. */
  readonly list: (filter: InboxFilter) => InboxList;
  /** Optimistic: applied at once and rolled back on failure. Throws {@link OrdercastProblem}. Other windows follow. */
  readonly markRead: (id: string) => Promise<void>;
  /** Marks the notifications shown now. Later ones stay unread. */
  readonly markAllRead: () => Promise<void>;
}
