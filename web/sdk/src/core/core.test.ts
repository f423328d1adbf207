import { describe, expect, test } from "vitest";
import { createFakeEnvironment, settle } from "../../tests/support/environment.js";
import { LruMap, BoundedSet } from "./bounded.js";
import { createWritableStore } from "./writableStore.js";
import { createPersistence } from "./persistence.js";
import { compareCursors, earlierCursor } from "./cursorOrder.js";
import { createScheduler } from "./scheduler.js";

describe("the scheduler", () => {
  test("the first change notifies at once, the following ones with the next frame", async () => {
    const environment = createFakeEnvironment();
    const scheduler = createScheduler(environment);
    const store = createWritableStore(scheduler, { count: 0 });
    let notified = 0;
    store.subscribe(() => (notified += 1));
    store.set({ count: 1 });
    await settle();
    expect(notified).toBe(1);
    expect(environment.frames).toBe(0);
    for (let count = 2; count <= 50; count += 1) store.set({ count });
    await settle();
    expect(notified, "fifty changes wait for the frame").toBe(1);
    await environment.advance(16);
    expect(notified).toBe(2);
    expect(store.getSnapshot()).toEqual({ count: 50 });
  });

  test("follow-up tasks run in the same flush, and low-priority tasks do not use up a flush", async () => {
    const environment = createFakeEnvironment();
    const scheduler = createScheduler(environment);
    const list = createWritableStore(scheduler, { count: 0 });
    const notified: string[] = [];
    list.subscribe(() => notified.push(`list ${list.getSnapshot().count}`));
    scheduler.scheduleOnFrame(() => notified.push("inbox"));
    await settle();
    expect(notified).toEqual([]);
    scheduler.schedule(() => {
      notified.push("event");
      list.set({ count: 1 });
    });
    await settle();
    expect(notified).toEqual(["inbox", "event", "list 1"]);
    await environment.advance(100);
    expect(notified).toHaveLength(3);
  });

  test("a task that schedules itself again waits for frames and does not block the others", async () => {
    const environment = createFakeEnvironment();
    const scheduler = createScheduler(environment);
    let runs = 0;
    const again = () => {
      runs += 1;
      scheduler.schedule(again);
    };
    scheduler.schedule(again);
    await settle();
    expect(runs).toBeLessThan(10);
    const before = runs;
    await environment.advance(16);
    expect(runs).toBeGreaterThan(before);
    scheduler.clear();
  });

  test("a snapshot stays the same object where nothing differs, and nobody is notified", async () => {
    const environment = createFakeEnvironment();
    const store = createWritableStore(createScheduler(environment), { a: 1, b: 2 });
    let notified = 0;
    store.subscribe(() => (notified += 1));
    const before = store.getSnapshot();
    store.patch({ a: 1 });
    await environment.advance(100);
    expect(store.getSnapshot()).toBe(before);
    expect(notified).toBe(0);
  });

  test("the first and the last subscriber are reported, and unsubscribing twice counts once", () => {
    const seen: string[] = [];
    const store = createWritableStore(
      createScheduler(createFakeEnvironment()),
      {},
      { onFirstSubscriber: () => seen.push("first"), onLastSubscriber: () => seen.push("last") },
    );
    const one = store.subscribe(() => undefined);
    const two = store.subscribe(() => undefined);
    one();
    one();
    expect(store.subscriberCount).toBe(1);
    two();
    expect(seen).toEqual(["first", "last"]);
  });
});

describe("cursors", () => {
  test("are compared within one epoch only", () => {
    expect(compareCursors("ab12:9", "ab12:10")).toBe(-1);
    expect(compareCursors("ab12:10", "ab12:9")).toBe(1);
    expect(compareCursors("ab12:10", "ab12:10")).toBe(0);
    expect(compareCursors("ab12:10", "cd34:9")).toBeUndefined();
    expect(compareCursors("something else", "ab12:9")).toBeUndefined();
    expect(earlierCursor(null, "ab12:9")).toBe("ab12:9");
    expect(earlierCursor("ab12:9", "ab12:7")).toBe("ab12:7");
    expect(earlierCursor("ab12:9", "cd34:1")).toBe("ab12:9");
  });
});

describe("bounded collections", () => {
  test("drop the oldest value", () => {
    const set = new BoundedSet<number>(3);
    for (const value of [1, 2, 3, 4]) expect(set.add(value)).toBe(true);
    expect([1, 2, 3, 4].map((value) => set.has(value))).toEqual([false, true, true, true]);
    expect(set.add(4)).toBe(false);
    const map = new LruMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
  });

  test("keep values that must not be evicted", () => {
    const map = new LruMap<string, boolean>(2, (mayEvict) => mayEvict);
    map.set("used", false);
    map.set("a", true);
    map.set("b", true);
    map.set("c", true);
    expect(map.get("used")).toBe(false);
    expect(map.size).toBe(2);
  });
});

describe("persistence", () => {
  test("has a namespace for each server, and a broken storage counts as empty", () => {
    const values = new Map<string, string>();
    const storage = {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
      removeItem: (key: string) => void values.delete(key),
    };
    const [one, other] = [
      createPersistence("https://one.example", storage),
      createPersistence("https://other.example", storage),
    ];
    one.write("account", { id: "asha" });
    expect(one.read("account")).toEqual({ id: "asha" });
    expect(other.read("account")).toBeUndefined();
    expect([...values.keys()].map((key) => [one.nameOf(key), other.nameOf(key)])).toEqual([["account", undefined]]);
    values.set([...values.keys()][0] ?? "", "{broken");
    expect(one.read("account")).toBeUndefined();
    const fail = () => {
      throw new DOMException("denied", "SecurityError");
    };
    const broken = createPersistence("https://one.example", { getItem: fail, setItem: fail, removeItem: fail });
    broken.write("account", {});
    broken.remove("account");
    expect(broken.read("account")).toBeUndefined();
  });
});
