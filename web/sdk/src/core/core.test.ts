import { describe, expect, test } from "vitest";
import { createWorld, settle } from "../../tests/support/world.js";
import { RecentMap, RecentSet } from "./bounded.js";
import { createCell } from "./cell.js";
import { createKeep } from "./keep.js";
import { comparePlaces, earlier } from "./place.js";
import { createPulse } from "./pulse.js";

describe("the pulse", () => {
  test("the first change is told without waiting for a frame, those close upon it with the next one", async () => {
    const world = createWorld();
    const pulse = createPulse(world);
    const cell = createCell(pulse, { count: 0 });
    let told = 0;
    cell.subscribe(() => (told += 1));
    cell.set({ count: 1 });
    await settle();
    expect(told).toBe(1);
    expect(world.frames).toBe(0);
    for (let count = 2; count <= 50; count += 1) cell.set({ count });
    await settle();
    expect(told, "fifty changes wait for the frame").toBe(1);
    await world.pass(16);
    expect(told).toBe(2);
    expect(cell.getSnapshot()).toEqual({ count: 50 });
  });

  test("what follows from a change is told with it, and what nobody waits for takes no one's turn", async () => {
    const world = createWorld();
    const pulse = createPulse(world);
    const list = createCell(pulse, { count: 0 });
    const told: string[] = [];
    list.subscribe(() => told.push(`list ${list.getSnapshot().count}`));
    pulse.soon(() => told.push("inbox"));
    await settle();
    expect(told).toEqual([]);
    pulse.next(() => {
      told.push("event");
      list.set({ count: 1 });
    });
    await settle();
    expect(told).toEqual(["inbox", "event", "list 1"]);
    await world.pass(100);
    expect(told).toHaveLength(3);
  });

  test("who changes something whenever something changed waits for frames, and stops nobody else", async () => {
    const world = createWorld();
    const pulse = createPulse(world);
    let runs = 0;
    const again = () => {
      runs += 1;
      pulse.next(again);
    };
    pulse.next(again);
    await settle();
    expect(runs).toBeLessThan(10);
    const before = runs;
    await world.pass(16);
    expect(runs).toBeGreaterThan(before);
    pulse.clear();
  });

  test("a snapshot stays the same object where nothing differs, and nobody is told", async () => {
    const world = createWorld();
    const cell = createCell(createPulse(world), { a: 1, b: 2 });
    let told = 0;
    cell.subscribe(() => (told += 1));
    const before = cell.getSnapshot();
    cell.patch({ a: 1 });
    await world.pass(100);
    expect(cell.getSnapshot()).toBe(before);
    expect(told).toBe(0);
  });

  test("the first subscriber and the last are noticed, and unsubscribing twice is once", () => {
    const seen: string[] = [];
    const cell = createCell(
      createPulse(createWorld()),
      {},
      { onFirst: () => seen.push("first"), onLast: () => seen.push("last") },
    );
    const one = cell.subscribe(() => undefined);
    const two = cell.subscribe(() => undefined);
    one();
    one();
    expect(cell.subscribers).toBe(1);
    two();
    expect(seen).toEqual(["first", "last"]);
  });
});

describe("places in the log", () => {
  test("are compared within one history, and nowhere else", () => {
    expect(comparePlaces("ab12:9", "ab12:10")).toBe(-1);
    expect(comparePlaces("ab12:10", "ab12:9")).toBe(1);
    expect(comparePlaces("ab12:10", "ab12:10")).toBe(0);
    expect(comparePlaces("ab12:10", "cd34:9")).toBeUndefined();
    expect(comparePlaces("something else", "ab12:9")).toBeUndefined();
    expect(earlier(null, "ab12:9")).toBe("ab12:9");
    expect(earlier("ab12:9", "ab12:7")).toBe("ab12:7");
    expect(earlier("ab12:9", "cd34:1")).toBe("ab12:9");
  });
});

describe("what is bounded", () => {
  test("forgets the oldest", () => {
    const set = new RecentSet<number>(3);
    for (const value of [1, 2, 3, 4]) expect(set.add(value)).toBe(true);
    expect([1, 2, 3, 4].map((value) => set.has(value))).toEqual([false, true, true, true]);
    expect(set.add(4)).toBe(false);
    const map = new RecentMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
  });

  test("keeps what may not go", () => {
    const map = new RecentMap<string, boolean>(2, (mayGo) => mayGo);
    map.set("used", false);
    map.set("a", true);
    map.set("b", true);
    map.set("c", true);
    expect(map.get("used")).toBe(false);
    expect(map.size).toBe(2);
  });
});

describe("what is kept on this device", () => {
  test("is apart for each server, and a broken storage is none", () => {
    const values = new Map<string, string>();
    const storage = {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
      removeItem: (key: string) => void values.delete(key),
    };
    const [one, other] = [createKeep(storage, "https://one.example"), createKeep(storage, "https://other.example")];
    one.write("account", { id: "asha" });
    expect(one.read("account")).toEqual({ id: "asha" });
    expect(other.read("account")).toBeUndefined();
    expect([...values.keys()].map((key) => [one.nameOf(key), other.nameOf(key)])).toEqual([["account", undefined]]);
    values.set([...values.keys()][0] ?? "", "{broken");
    expect(one.read("account")).toBeUndefined();
    const fail = () => {
      throw new DOMException("denied", "SecurityError");
    };
    const broken = createKeep({ getItem: fail, setItem: fail, removeItem: fail }, "https://one.example");
    broken.write("account", {});
    broken.remove("account");
    expect(broken.read("account")).toBeUndefined();
  });
});
