// The notification center: several lists over one inbox, and one unread count.

import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { LruMap } from "../core/bounded.js";
import type { Environment, Timer } from "../core/environment.js";
import { compareCursors } from "../core/cursorOrder.js";
import type { Scheduler } from "../core/scheduler.js";
import type { components } from "../api/schema.js";
import type { Account, Notification } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import type { InboxFilter, InboxStore } from "./contract.js";
import { createInboxList, type LiveInboxList, isWithin } from "./list.js";

type ReadView = components["schemas"]["ReadView"];

export interface InboxOptions {
  api: Api;
  environment: Environment;
  scheduler: Scheduler;
  account: () => Account | null;
  onRead: (cursor: string) => void;
  /** Whether every event after this cursor was or will be received. */
  covers: (cursor: string) => boolean;
  /** A list was loaded, or could not be loaded. */
  onSettled: () => void;
  onFailed: (problem: OrdercastProblem) => void;
}

export interface Inbox extends InboxStore {
  /** A notification arrived. It is shown with its event, which follows and carries the cursor. */
  addPending: (notification: Omit<Notification, "cursor">) => void;
  /** An event arrived. */
  confirm: (id: string, cursor: string | null) => void;
  /** Notifications were read, here or in another window. */
  read: (view: ReadView) => void;
  /** Something happened that may be in the inbox, and the transport carries no notifications. */
  invalidate: () => void;
  /** Whether somebody waits for a list to load. */
  isWaiting: () => boolean;
  /** Reads again what could not be read. */
  loadIfNeeded: () => void;
  /** The connection is back. */
  catchUp: () => void;
  /** The connection was lost. */
  lost: () => void;
  setAccount: (account: Account | null) => void;
}

/** The server counts up to 999, which stands for 999 or more. */
const MAX_UNREAD = 999;
/** Lists without subscribers that are kept. */
const MAX_UNUSED_LISTS = 8;
/** Several reasons to reload within this time, in milliseconds, cause one reload. */
const RELOAD_DELAY_MS = 1000;
/** A list that was read so long ago, in milliseconds, is current when the connection opens for the first time. */
const FRESH_MS = 5000;

export function createInbox(options: InboxOptions): Inbox {
  const { api, environment, scheduler, account, onRead, covers, onSettled, onFailed } = options;
  const lists = new LruMap<string, LiveInboxList>(MAX_UNUSED_LISTS, (list) => !list.isUsed);
  /** Notifications whose event has not arrived yet. */
  const pending = new LruMap<string, Omit<Notification, "cursor">>(200);
  let unread = 0;
  /** The cursor of the last count taken from the server. */
  let countedAt: string | null = null;
  /** Notifications after `countedAt`, each counted once: the server's next count may not include them. */
  const counted = new LruMap<string, Notification>(2000);
  let soon: Timer | undefined;
  let lostAt = Number.NEGATIVE_INFINITY;
  /** Incremented with each account: a response belongs to the person who requested it. */
  let generation = 0;
  const isSignedIn = () => account() !== null;
  const listContext = (onFirstSubscriber: () => void) => ({
    api,
    scheduler,
    now: environment.now,
    isSignedIn,
    onRead(cursor: string, unread: number) {
      recount(cursor, unread);
      onRead(cursor);
      // The response was read before the live connection began, and arrived only now.
      if (!covers(cursor)) readAgain();
    },
    onFirstSubscriber,
    onSettled,
    onFailed,
  });
  const all = createInboxList(
    listContext(() => undefined),
    {},
  );

  function everyList(): LiveInboxList[] {
    return [all, ...lists.values()];
  }

  function count(next: number): void {
    unread = Math.max(0, Math.min(MAX_UNREAD, next));
    for (const list of everyList()) list.count(unread);
  }

  /** Takes over the server's count, and adds the notifications that arrived after it. */
  function recount(cursor: string, unreadThere: number): void {
    if (countedAt !== null && compareCursors(cursor, countedAt) === -1) return;
    countedAt = cursor;
    for (const notification of [...counted.values()])
      if (compareCursors(notification.cursor, cursor) !== 1) counted.delete(notification.id);
    count(unreadThere + [...counted.values()].filter((notification) => !notification.read).length);
  }

  function mark(isRead: (notification: Notification) => boolean): void {
    for (const notification of [...counted.values()])
      counted.set(notification.id, { ...notification, read: isRead(notification) });
    for (const list of everyList()) list.mark(isRead);
  }

  function take(view: ReadView): void {
    count(view.unread);
    const ids = new Set<string>(view.ids);
    let isUnsure = false;
    mark((notification) => {
      if (view.unread === 0 || ids.has(notification.id)) return true;
      const side = compareCursors(notification.cursor, view.through);
      if (side === undefined) isUnsure ||= !notification.read;
      return side === undefined ? notification.read : side <= 0;
    });
    if (isUnsure) readAgain();
  }

  function readAgain(): void {
    soon ??= environment.setTimeout(() => {
      soon = undefined;
      for (const list of everyList()) if (list.readAt() !== null) list.reload();
    }, RELOAD_DELAY_MS);
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
      const mine = generation;
      const known = everyList().flatMap((list) =>
        list.getSnapshot().notifications.filter((notification) => notification.id === id),
      )[0];
      const isNews = known !== undefined && !known.read;
      if (isNews) {
        mark((notification) => notification.read || notification.id === id);
        count(unread - 1);
        scheduler.flush();
      }
      try {
        const view = await unwrap(api.POST("/api/v1/notifications/{id}/read", { params: { path: { id } } }));
        if (mine === generation) take(view);
      } catch (error) {
        if (isNews && mine === generation) {
          mark((notification) => notification.read && notification.id !== id);
          count(unread + 1);
        }
        throw error;
      }
    },
    async markAllRead() {
      const mine = generation;
      const before = new Set(
        everyList().flatMap((list) =>
          list
            .getSnapshot()
            .notifications.filter((notification) => !notification.read)
            .map((notification) => notification.id),
        ),
      );
      const countBefore = unread;
      // Marks up to the newest notification shown. Those on their way stay unread.
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
        const body = cursor === null ? {} : { cursor };
        const view = await unwrap(api.POST("/api/v1/notifications/read-all", { body }));
        if (mine === generation) take(view);
      } catch (error) {
        if (mine === generation) {
          mark((notification) => notification.read && !before.has(notification.id));
          count(countBefore);
        }
        throw error;
      }
    },
    addPending: (notification) => pending.set(notification.id, notification),
    confirm(id, cursor) {
      const held = pending.get(id);
      if (held === undefined || cursor === null) return;
      pending.delete(id);
      const notification = { ...held, cursor };
      for (const list of everyList()) list.add(notification);
      if (notification.read || isWithin(cursor, countedAt) || counted.get(id) !== undefined) return;
      counted.set(id, notification);
      count(unread + 1);
    },
    read: take,
    invalidate: readAgain,
    isWaiting: () => everyList().some((list) => list.isUsed && list.getSnapshot().state === "loading"),
    loadIfNeeded() {
      for (const list of everyList()) list.loadIfNeeded();
    },
    catchUp() {
      // Events do not replay what was read in other windows.
      for (const list of everyList()) {
        const at = list.readAt();
        const isFresh = list.loadedAt() > lostAt && environment.now() - list.loadedAt() < FRESH_MS;
        if (at !== null && !(isFresh && covers(at))) list.reload();
        else list.loadIfNeeded();
      }
    },
    lost() {
      lostAt = environment.now();
    },
    setAccount(who) {
      generation += 1;
      environment.clearTimeout(soon);
      soon = undefined;
      counted.clear();
      pending.clear();
      countedAt = null;
      for (const list of everyList()) list.reset();
      count(0);
      if (who !== null) for (const list of everyList()) list.loadIfNeeded();
    },
  };
}
