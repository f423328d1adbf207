// A list of notifications: what was read of the inbox, and what arrived since.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { createWritableStore } from "../core/writableStore.js";
import type { Scheduler } from "../core/scheduler.js";
import type { Notification } from "../model.js";
import { compareCursors } from "../core/cursorOrder.js";
import { asProblem } from "../orders/list.js";
import type { InboxFilter, InboxList, InboxSnapshot } from "./contract.js";

export interface LiveInboxList extends InboxList {
  /** A new line. */
  add: (line: Notification) => void;
  /** Lines may be read, or not, differently from before. */
  mark: (isRead: (line: Notification) => boolean) => void;
  count: (unread: number) => void;
  reload: () => void;
  wake: () => void;
  reset: () => void;
  readAt: () => string | null;
  readonly isUsed: boolean;
}

export interface InboxContext {
  api: Api;
  scheduler: Scheduler;
  isSignedIn: () => boolean;
  /** A page was read: at which place in the log, and how many were unread then. */
  onRead: (cursor: string, unread: number) => void;
  onFirstSubscriber: () => void;
}

/** Whether a place is at another or before it. */
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
/** Lines that are kept. Older ones are read again when somebody scrolls down to them. */
const LIMIT = 500;
const PAGE = 50;

export function createInboxList(
  { api, scheduler, isSignedIn, onRead, onFirstSubscriber }: InboxContext,
  filter: InboxFilter,
): LiveInboxList {
  const store = createWritableStore<InboxSnapshot>(scheduler, EMPTY, {
    onFirstSubscriber: () => {
      onFirstSubscriber();
      wake();
    },
  });
  let next: string | null = null;
  let readAt: string | null = null;
  let isLoading = false;
  let turn = 0;
  /** Rises with whatever may have been read: a page that was asked for before does not know of it. */
  let marks = 0;

  const fits = (line: Notification) => filter.category === undefined || line.category === filter.category;

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

  async function load(): Promise<void> {
    if (!isSignedIn()) return;
    turn += 1;
    const mine = turn;
    isLoading = true;
    const marksBefore = marks;
    const before = store.getSnapshot();
    if (before.state !== "ready") store.patch({ state: "loading", error: null });
    try {
      const page = await read(null);
      if (mine !== turn) return;
      if (marks !== marksBefore) return await load();
      next = page.next ?? null;
      readAt = page.cursor;
      // What came in live while this page was on its way is not on it.
      const known = new Set(page.items.map((line) => line.id));
      const arrived = store
        .getSnapshot()
        .notifications.filter((line) => !before.notifications.includes(line) && !known.has(line.id));
      const notifications = [...arrived, ...page.items];
      store.patch({ state: "ready", notifications, hasMore: next !== null, isLoadingMore: false, error: null });
      onRead(page.cursor, page.unread);
    } catch (error) {
      if (mine === turn) store.patch({ state: "error", error: asProblem(error) });
    } finally {
      if (mine === turn) isLoading = false;
    }
  }

  async function loadMore(): Promise<void> {
    if (next === null || store.getSnapshot().isLoadingMore) return;
    const mine = turn;
    store.patch({ isLoadingMore: true });
    try {
      const page = await read(next);
      if (mine !== turn) return;
      next = page.next ?? null;
      const { notifications } = store.getSnapshot();
      const known = new Set(notifications.map((line) => line.id));
      const more = page.items.filter((line) => !known.has(line.id));
      store.patch({
        notifications: [...notifications, ...more],
        hasMore: next !== null,
        isLoadingMore: false,
        error: null,
      });
    } catch (error) {
      if (mine === turn) store.patch({ isLoadingMore: false, error: asProblem(error) });
    }
  }

  function wake(): void {
    const { state } = store.getSnapshot();
    if (store.subscriberCount > 0 && (state === "idle" || state === "error") && !isLoading) void load();
  }

  function reset(): void {
    turn += 1;
    isLoading = false;
    next = null;
    readAt = null;
    store.set(EMPTY);
  }

  return {
    filter,
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    load,
    loadMore,
    wake,
    reset,
    reload() {
      if (store.subscriberCount > 0) void load();
      else reset();
    },
    add(line) {
      const { state, notifications } = store.getSnapshot();
      if (state === "idle" || !fits(line) || (filter.unread === true && line.read)) return;
      // After a reload, what happened before the list was read is told once more.
      if (isWithin(line.cursor, readAt) || notifications.some((known) => known.id === line.id)) return;
      // Newest first; what comes after having been away may be older than what is on top.
      const at = Date.parse(line.at);
      const place = notifications.findIndex((known) => Date.parse(known.at) <= at);
      const longer = place < 0 ? [...notifications, line] : notifications.toSpliced(place, 0, line);
      if (longer.length <= LIMIT) return store.patch({ notifications: longer });
      const kept = longer.slice(0, LIMIT);
      next = kept[kept.length - 1]?.cursor ?? next;
      store.patch({ notifications: kept, hasMore: next !== null });
    },
    mark(isRead) {
      marks += 1;
      const { notifications } = store.getSnapshot();
      let isNew = false;
      const marked = notifications.map((line) => {
        const read = line.own || isRead(line);
        if (read === line.read) return line;
        isNew = true;
        return { ...line, read };
      });
      if (isNew) store.patch({ notifications: marked });
    },
    count: (unreadCount) => store.patch({ unreadCount }),
    readAt: () => readAt,
    get isUsed() {
      return store.subscriberCount > 0;
    },
  };
}
