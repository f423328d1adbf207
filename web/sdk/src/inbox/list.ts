// A list of notifications: the pages read, and the notifications that arrived since.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { createWritableStore } from "../core/writableStore.js";
import type { Scheduler } from "../core/scheduler.js";
import type { Notification } from "../model.js";
import { compareCursors } from "../core/cursorOrder.js";
import { asProblem, type OrdercastProblem } from "../problem.js";
import type { InboxFilter, InboxList, InboxSnapshot } from "./contract.js";

export interface LiveInboxList extends InboxList {
  add: (notification: Notification) => void;
  /** Recomputes which notifications are read. */
  mark: (isRead: (notification: Notification) => boolean) => void;
  count: (unread: number) => void;
  reload: () => void;
  loadIfNeeded: () => void;
  reset: () => void;
  readAt: () => string | null;
  /** When it was read, in milliseconds since 1970. */
  loadedAt: () => number;
  readonly isUsed: boolean;
}

export interface InboxContext {
  api: Api;
  scheduler: Scheduler;
  now: () => number;
  isSignedIn: () => boolean;
  /** A page was read at this cursor, with this unread count. */
  onRead: (cursor: string, unread: number) => void;
  onFirstSubscriber: () => void;
  /** The list was loaded, or could not be loaded. */
  onSettled: () => void;
  onFailed: (problem: OrdercastProblem) => void;
}

/** Whether a cursor is at or before another. */
export function isWithin(cursor: string, end: string | null): boolean {
  const side = end === null ? undefined : compareCursors(cursor, end);
  return side === -1 || side === 0;
}

const EMPTY: InboxSnapshot = {
  state: "idle",
  notifications: [],
  unreadCount: 0,
  hasMore: false,
  isLoadingMore: false,
  error: null,
};
/** Notifications kept in memory. Older ones are read again on scrolling. */
const LIMIT = 500;
const PAGE = 50;

export function createInboxList(
  { api, scheduler, now, isSignedIn, onRead, onFirstSubscriber, onSettled, onFailed }: InboxContext,
  filter: InboxFilter,
): LiveInboxList {
  const store = createWritableStore<InboxSnapshot>(scheduler, EMPTY, {
    onFirstSubscriber: () => {
      onFirstSubscriber();
      loadIfNeeded();
    },
  });
  let next: string | null = null;
  let readAt: string | null = null;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let isLoading = false;
  let generation = 0;
  /** Incremented whenever the read state may have changed: a page requested before does not include the change. */
  let marks = 0;

  const fits = (notification: Notification) =>
    filter.category === undefined || notification.category === filter.category;

  function read(cursor: string | null) {
    const { category, unread } = filter;
    const query = {
      limit: PAGE,
      ...(category === undefined ? {} : { category }),
      ...(unread === true ? { unread } : {}),
      ...(cursor === null ? {} : { cursor }),
    };
    return unwrap(api.GET("/api/v1/notifications", { params: { query } }));
  }

  /** `isRetry`: the error stays until the answer, so that the page does not flicker. */
  async function load(isRetry = false): Promise<void> {
    if (!isSignedIn()) return;
    generation += 1;
    const mine = generation;
    isLoading = true;
    const marksBefore = marks;
    const before = store.getSnapshot();
    if (before.state !== "ready" && !isRetry) store.patch({ state: "loading", error: null });
    try {
      const page = await read(null);
      if (mine !== generation) return;
      if (marks !== marksBefore) return await load(isRetry);
      next = page.next ?? null;
      readAt = page.cursor;
      loadedAt = now();
      // Notifications that arrived while the page was loading are not on it.
      const known = new Set(page.items.map((notification) => notification.id));
      const arrived = store
        .getSnapshot()
        .notifications.filter(
          (notification) => !before.notifications.includes(notification) && !known.has(notification.id),
        );
      const notifications = [...arrived, ...page.items];
      store.patch({ state: "ready", notifications, hasMore: next !== null, isLoadingMore: false, error: null });
      onRead(page.cursor, page.unread);
    } catch (error) {
      if (mine === generation) failed(asProblem(error), { state: "error" });
    } finally {
      if (mine === generation) {
        isLoading = false;
        onSettled();
      }
    }
  }

  function failed(error: OrdercastProblem, more: Partial<InboxSnapshot>): void {
    store.patch({ error, ...more });
    onFailed(error);
  }

  async function loadMore(): Promise<void> {
    if (next === null || store.getSnapshot().isLoadingMore) return;
    const mine = generation;
    store.patch({ isLoadingMore: true });
    try {
      const page = await read(next);
      if (mine !== generation) return;
      next = page.next ?? null;
      const { notifications } = store.getSnapshot();
      const known = new Set(notifications.map((notification) => notification.id));
      const more = page.items.filter((notification) => !known.has(notification.id));
      store.patch({
        notifications: [...notifications, ...more],
        hasMore: next !== null,
        isLoadingMore: false,
        error: null,
      });
    } catch (error) {
      if (mine === generation) failed(asProblem(error), { isLoadingMore: false });
    }
  }

  function loadIfNeeded(): void {
    const { state, error } = store.getSnapshot();
    if (store.subscriberCount === 0 || isLoading) return;
    if (state === "idle" || state === "error") void load(state === "error");
    else if (error !== null) void loadMore();
  }

  function reset(): void {
    generation += 1;
    isLoading = false;
    next = null;
    readAt = null;
    store.set(EMPTY);
  }

  return {
    filter,
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load: () => load(),
    loadMore,
    loadIfNeeded,
    reset,
    reload() {
      if (store.subscriberCount > 0) void load();
      else reset();
    },
    add(notification) {
      const { state, notifications } = store.getSnapshot();
      if (state === "idle" || !fits(notification) || (filter.unread === true && notification.read)) return;
      // After a reload the server replays events from before the list was read.
      if (isWithin(notification.cursor, readAt) || notifications.some((known) => known.id === notification.id)) return;
      // Newest first. After a disconnect, replayed notifications may be older than the newest shown.
      const at = Date.parse(notification.at);
      const index = notifications.findIndex((known) => Date.parse(known.at) <= at);
      const longer = index < 0 ? [...notifications, notification] : notifications.toSpliced(index, 0, notification);
      if (longer.length <= LIMIT) return store.patch({ notifications: longer });
      const limited = longer.slice(0, LIMIT);
      next = limited[limited.length - 1]?.cursor ?? next;
      store.patch({ notifications: limited, hasMore: next !== null });
    },
    mark(isRead) {
      marks += 1;
      const { notifications } = store.getSnapshot();
      let isNew = false;
      const marked = notifications.map((notification) => {
        const read = notification.own || isRead(notification);
        if (read === notification.read) return notification;
        isNew = true;
        return { ...notification, read };
      });
      if (isNew) store.patch({ notifications: marked });
    },
    count: (unreadCount) => store.patch({ unreadCount }),
    readAt: () => readAt,
    loadedAt: () => loadedAt,
    get isUsed() {
      return store.subscriberCount > 0;
    },
  };
}
