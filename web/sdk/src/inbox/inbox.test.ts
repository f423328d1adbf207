import { describe, expect, test } from "vitest";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createApi } from "../api/http.js";
import { createScheduler } from "../core/scheduler.js";
import type { Account, Notification } from "../model.js";
import { createInbox } from "./inbox.js";

const ASHA: Account = { id: "asha", role: "customer", storeId: "main" };

function line(n: number, more: Partial<Notification> = {}): Notification {
  const at = new Date(1_700_000_000_000 + n * 1000).toISOString();
  return {
    id: `line-${n}`,
    category: "order",
    severity: "info",
    title: "Order",
    message: `Line ${n}`,
    orderId: "order",
    orderNumber: "10001",
    at,
    read: false,
    own: false,
    cursor: `ab:${n}`,
    ...more,
  };
}

/** An inbox over a server with these notifications, newest last. */
async function setUp(lines: readonly Notification[], at: number) {
  const environment = createFakeEnvironment();
  let served = {
    items: [...lines].reverse(),
    next: null as string | null,
    unread: lines.filter((each) => !each.read).length,
    cursor: `ab:${at}`,
  };
  let reads = 0;
  let held: (() => void)[] | undefined;
  const api = createApi("http://shop.example", "omit", async () => {
    reads += 1;
    // The answer is from when it was requested.
    const answer = Response.json(served);
    await new Promise<void>((resolve) => (held === undefined ? resolve() : held.push(resolve)));
    return answer;
  });
  /** Responses wait for `release`. */
  const hold = (): (() => void)[] => (held = []);
  const release = () => {
    for (const go of held ?? []) go();
    held = undefined;
  };
  const inbox = createInbox({
    api,
    environment,
    scheduler: createScheduler(environment),
    account: () => ASHA,
    onRead: () => undefined,
    covers: () => true,
    onSettled: () => undefined,
    onFailed: () => undefined,
  });
  inbox.subscribe(() => undefined);
  await inbox.load();
  const arrive = (each: Notification) => {
    const { cursor, ...rest } = each;
    inbox.addPending(rest);
    inbox.confirm(each.id, cursor);
  };
  const ids = () => inbox.getSnapshot().notifications.map((each) => [each.id, each.read]);
  return {
    environment,
    inbox,
    arrive,
    ids,
    serve: (next: Partial<typeof served>) => (served = { ...served, ...next }),
    reads: () => reads,
    hold,
    release,
  };
}

describe("the inbox", () => {
  test("counts each notification once, also when it arrives again after a disconnect", async () => {
    const { inbox, arrive, ids } = await setUp([line(1)], 1);
    arrive(line(2));
    arrive(line(2));
    arrive(line(3, { read: true, own: true }));
    expect(inbox.getSnapshot().unreadCount).toBe(2);
    expect(ids()).toEqual([
      ["line-3", true],
      ["line-2", false],
      ["line-1", false],
    ]);
  });

  test("a notification that arrives during a reload is counted in addition to the page", async () => {
    const { inbox, arrive, ids, serve, hold, release } = await setUp([line(1)], 1);
    hold();
    const reading = inbox.load();
    arrive(line(2));
    arrive(line(3));
    release();
    await reading;
    expect(inbox.getSnapshot().unreadCount).toBe(3);
    expect(ids()).toEqual([
      ["line-3", false],
      ["line-2", false],
      ["line-1", false],
    ]);
    serve({ items: [line(3), line(2), line(1)], unread: 3, cursor: "ab:3" });
    await inbox.load();
    expect(inbox.getSnapshot().unreadCount, "they are on the page now").toBe(3);
    inbox.read({ through: "ab:3", ids: [], unread: 0 });
    serve({ items: [line(3, { read: true })], unread: 0 });
    await inbox.load();
    expect(inbox.getSnapshot().unreadCount).toBe(0);
  });

  test("an older response does not change the count", async () => {
    const { inbox, serve } = await setUp([line(1)], 1);
    const payments = inbox.list({ category: "payment" });
    serve({ items: [line(2), line(1)], unread: 2, cursor: "ab:2" });
    await inbox.load();
    serve({ items: [], unread: 1, cursor: "ab:1" });
    await payments.load();
    expect(inbox.getSnapshot().unreadCount).toBe(2);
    expect(payments.getSnapshot().unreadCount).toBe(2);
  });

  test("a notification read during a reload stays read", async () => {
    const { inbox, ids, serve, hold, release } = await setUp([line(1), line(2)], 2);
    hold();
    const reading = inbox.load();
    inbox.read({ through: "ab:2", ids: [], unread: 0 });
    serve({ items: [line(2, { read: true }), line(1, { read: true })], unread: 0 });
    release();
    await reading;
    expect(inbox.getSnapshot().unreadCount).toBe(0);
    expect(ids().every(([, read]) => read)).toBe(true);
  });

  test("a notification replayed after a reload is not added twice", async () => {
    const { inbox, arrive, ids } = await setUp([line(5), line(6)], 6);
    for (const n of [3, 4, 5, 6]) arrive(line(n));
    expect(inbox.getSnapshot().unreadCount).toBe(2);
    expect(ids()).toEqual([
      ["line-6", false],
      ["line-5", false],
    ]);
  });

  test("a notification is shown with its event, and not before", async () => {
    const { inbox, ids } = await setUp([], 1);
    const { cursor: _, ...rest } = line(2);
    inbox.addPending(rest);
    expect(ids()).toEqual([]);
    inbox.confirm("line-2", "ab:2");
    expect(inbox.getSnapshot().notifications[0]).toEqual(line(2));
  });

  test("marking everything up to a cursor as read leaves later notifications unread", async () => {
    const { inbox, arrive, ids } = await setUp([line(1), line(2)], 2);
    arrive(line(3));
    arrive(line(4));
    inbox.read({ through: "ab:2", ids: ["line-4"], unread: 1 });
    expect(ids()).toEqual([
      ["line-4", true],
      ["line-3", false],
      ["line-2", true],
      ["line-1", true],
    ]);
    expect(inbox.getSnapshot().unreadCount).toBe(1);
    inbox.read({ through: "ab:4", ids: [], unread: 0 });
    expect(ids().every(([, read]) => read)).toBe(true);
  });

  test("where cursors cannot be compared the list is reloaded once", async () => {
    const { environment, inbox, serve, reads } = await setUp([line(1), line(2)], 2);
    const before = reads();
    serve({ items: [line(2), line(1, { read: true })], unread: 1 });
    for (let times = 0; times < 3; times += 1) inbox.read({ through: "another form of cursor", ids: [], unread: 1 });
    await environment.advance(5000);
    expect(reads()).toBe(before + 1);
    expect(inbox.getSnapshot().notifications.map((each) => each.read)).toEqual([false, true]);
  });

  test("the list keeps the newest 500, and the count stops at 999", async () => {
    const { inbox, arrive } = await setUp([], 0);
    for (let n = 1; n <= 1200; n += 1) arrive(line(n));
    const { notifications, unreadCount, hasMore } = inbox.getSnapshot();
    expect(notifications).toHaveLength(500);
    expect(notifications[0]?.id).toBe("line-1200");
    expect(unreadCount).toBe(999);
    expect(hasMore).toBe(true);
  });

  test("a filtered list shows only its category, and each filter has its own list", async () => {
    const { inbox, arrive } = await setUp([], 0);
    const payments = inbox.list({ category: "payment" });
    payments.subscribe(() => undefined);
    await payments.load();
    arrive(line(1));
    arrive(line(2, { category: "payment" }));
    expect(payments.getSnapshot().notifications.map((each) => each.id)).toEqual(["line-2"]);
    expect(payments.getSnapshot().unreadCount).toBe(2);
    expect(inbox.list({})).not.toBe(payments);
    expect(inbox.list({ category: "payment", unread: true })).not.toBe(payments);
  });

  test("a response to the previous person does not change the next person's inbox", async () => {
    const { environment, inbox, ids, serve, hold, release } = await setUp([line(1)], 1);
    serve({ unread: 0 });
    const responses = hold();
    const marked = inbox.markAllRead();
    await environment.advance(0);
    hold();
    serve({ items: [line(2)], unread: 1, cursor: "ab:2" });
    inbox.setAccount({ ...ASHA, id: "ben" });
    await environment.advance(0);
    release();
    await environment.advance(0);
    for (const go of responses) go();
    await marked;
    expect(ids()).toEqual([["line-2", false]]);
    expect(inbox.getSnapshot().unreadCount).toBe(1);
  });
});
