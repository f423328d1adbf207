// The notification centre: several lists over one inbox, and one count of what is unread.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { LruMap } from "../core/bounded.js";
import type { Environment, Timer } from "../core/environment.js";
import { compareCursors } from "../core/cursorOrder.js";
import type { Scheduler } from "../core/scheduler.js";
import type { components } from "../api/schema.js";
import type { Account, Notification } from "../model.js";
import type { InboxFilter, InboxStore } from "./contract.js";
import { createInboxList, type LiveInboxList, isWithin } from "./list.js";

type ReadView = components["schemas"]["ReadView"];

export interface InboxOptions {
  api: Api;
  environment: Environment;
  scheduler: Scheduler;
  account: () => Account | null;
  onRead: (cursor: string) => void;
  /** Whether everything since a place is heard. */
  covers: (cursor: string) => boolean;
}

export interface Inbox extends InboxStore {
  /** A line arrived, live. It is shown with its event, which comes next and says its place in the log. */
  announce: (line: Omit<Notification, "cursor">) => void;
  /** An event arrived. */
  settle: (id: string, cursor: string | null) => void;
  /** Something was read, here or in another window. */
  read: (view: ReadView) => void;
  /** Something happened that may be in the inbox, and the way in tells no lines. */
  suspect: () => void;
  catchUp: () => void;
  begin: (account: Account | null) => void;
}

/** The server counts up to here; it stands for that many or more. */
const MOST = 999;
const UNUSED = 8;
/** Milliseconds within which several reasons to read again are one. */
const SOON = 1000;

export function createInbox({ api, environment, scheduler, account, onRead, covers }: InboxOptions): Inbox {
  const lists = new LruMap<string, LiveInboxList>(UNUSED, (list) => !list.isUsed);
  /** Lines whose event is still to come. */
  const announced = new LruMap<string, Omit<Notification, "cursor">>(200);
  let unread = 0;
  /** Up to where the count of the server was taken over. */
  let countedAt: string | null = null;
  /** Lines behind it that were counted one by one, each once: the server's next count may be from before them. */
  const counted = new LruMap<string, Notification>(2000);
  let soon: Timer | undefined;
  const isSignedIn = () => account() !== null;
  const listContext = (onFirstSubscriber: () => void) => ({
    api,
    scheduler,
    isSignedIn,
    onRead(cursor: string, unread: number) {
      recount(cursor, unread);
      onRead(cursor);
      // It was read before the live connection began, and arrived only now.
      if (!covers(cursor)) readAgain();
    },
    onFirstSubscriber,
  });
  const all = createInboxList(
    listContext(() => undefined),
    {},
  );

  function everyList(): LiveInboxList[] {
    return [all, ...lists.values()];
  }

  function count(next: number): void {
    unread = Math.max(0, Math.min(MOST, next));
    for (const list of everyList()) list.count(unread);
  }

  /** Takes over how many were unread at a place, and adds what was counted behind it. */
  function recount(cursor: string, unreadThere: number): void {
    if (countedAt !== null && compareCursors(cursor, countedAt) === -1) return;
    countedAt = cursor;
    for (const line of [...counted.values()]) if (compareCursors(line.cursor, cursor) !== 1) counted.delete(line.id);
    count(unreadThere + [...counted.values()].filter((line) => !line.read).length);
  }

  function mark(isRead: (line: Notification) => boolean): void {
    for (const line of [...counted.values()]) counted.set(line.id, { ...line, read: isRead(line) });
    for (const list of everyList()) list.mark(isRead);
  }

  function take(view: ReadView): void {
    count(view.unread);
    const ids = new Set<string>(view.ids);
    let isUnsure = false;
    mark((line) => {
      if (view.unread === 0 || ids.has(line.id)) return true;
      const side = compareCursors(line.cursor, view.through);
      if (side === undefined) isUnsure ||= !line.read;
      return side === undefined ? line.read : side <= 0;
    });
    if (isUnsure) readAgain();
  }

  function readAgain(): void {
    soon ??= environment.setTimeout(() => {
      soon = undefined;
      for (const list of everyList()) if (list.readAt() !== null) list.reload();
    }, SOON);
  }

  return {
    filter: all.filter,
    getSnapshot: all.getSnapshot,
    subscribe: all.subscribe,
    load: all.load,
    loadMore: all.loadMore,
    list(filter: InboxFilter) {
      const key = `${filter.category ?? ""}${filter.unread === true ? "!" : ""}`;
      if (key === "") return all;
      const known = lists.get(key);
      if (known !== undefined) return known;
      const list = createInboxList(
        listContext(() => lists.set(key, list)),
        filter,
      );
      lists.set(key, list);
      list.count(unread);
      return list;
    },
    async markRead(id) {
      const known = everyList().flatMap((list) => list.getSnapshot().notifications.filter((line) => line.id === id))[0];
      const isNews = known !== undefined && !known.read;
      if (isNews) {
        mark((line) => line.read || line.id === id);
        count(unread - 1);
        scheduler.flush();
      }
      try {
        take(await unwrap(api.POST("/api/v1/notifications/{id}/read", { params: { path: { id } } })));
      } catch (error) {
        if (isNews) {
          mark((line) => line.read && line.id !== id);
          count(unread + 1);
        }
        throw error;
      }
    },
    async markAllRead() {
      const before = new Set(
        everyList().flatMap((list) =>
          list
            .getSnapshot()
            .notifications.filter((line) => !line.read)
            .map((line) => line.id),
        ),
      );
      const countBefore = unread;
      // Up to the newest line that was shown; what is on its way stays unread.
      const cursor = everyList()
        .flatMap((list) => list.getSnapshot().notifications[0]?.cursor ?? [])
        .reduce<string | null>(
          (latest, each) => (latest === null || compareCursors(latest, each) === -1 ? each : latest),
          null,
        );
      mark(() => true);
      count(0);
      scheduler.flush();
      try {
        take(await unwrap(api.POST("/api/v1/notifications/read-all", { body: cursor === null ? {} : { cursor } })));
      } catch (error) {
        mark((line) => line.read && !before.has(line.id));
        count(countBefore);
        throw error;
      }
    },
    announce: (line) => announced.set(line.id, line),
    settle(id, cursor) {
      const told = announced.get(id);
      if (told === undefined || cursor === null) return;
      announced.delete(id);
      const line = { ...told, cursor };
      for (const list of everyList()) list.add(line);
      if (line.read || isWithin(cursor, countedAt) || counted.get(id) !== undefined) return;
      counted.set(id, line);
      count(unread + 1);
    },
    read: take,
    suspect: readAgain,
    catchUp() {
      // What was read elsewhere meanwhile is not told again.
      for (const list of everyList()) {
        if (list.readAt() !== null) list.reload();
        else list.wake();
      }
    },
    begin(who) {
      environment.clearTimeout(soon);
      soon = undefined;
      counted.clear();
      announced.clear();
      countedAt = null;
      for (const list of everyList()) list.reset();
      count(0);
      if (who !== null) for (const list of everyList()) list.wake();
    },
  };
}
