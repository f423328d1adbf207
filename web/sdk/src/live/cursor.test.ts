import { describe, expect, test } from "vitest";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createPersistence } from "../core/persistence.js";
import type { Account } from "../model.js";
import { createCursorTracker } from "./cursor.js";

const ASHA: Account = { id: "asha", role: "customer", storeId: "main" };
const MIRA: Account = { id: "mira", role: "staff", storeId: "main" };
const DAY = 24 * 60 * 60 * 1000;

/** One device. All its windows share the storage. */
function device() {
  const values = new Map<string, string>();
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
  const environment = createFakeEnvironment();
  const open = (account: Account, resumeWithin?: number) => {
    const cursor = createCursorTracker(environment, createPersistence("", storage), resumeWithin);
    cursor.setAccount(account);
    return cursor;
  };
  return { environment, open };
}

describe("the cursor", () => {
  test("is persisted for each person, and expires", async () => {
    const { environment, open } = device();
    const [asha, mira] = [open(ASHA), open(MIRA)];
    for (const cursor of [asha, mira]) {
      cursor.advance("ab:7");
      cursor.save();
    }
    expect(open({ ...ASHA, id: "somebody else" }).last()).toBeNull();
    await environment.advance(2 * 60 * 60 * 1000);
    expect(open(ASHA).last()).toBe("ab:7");
    expect(open(MIRA).last(), "expired for staff after one hour").toBeNull();
    expect(open(MIRA, DAY).last()).toBe("ab:7");
    await environment.advance(31 * DAY);
    expect(open(ASHA).last()).toBeNull();
    asha.forget(ASHA);
    expect(open(ASHA, 100 * DAY).last()).toBeNull();
  });

  test("does not move back with a window that lags behind, and moves with a new history", () => {
    const { open } = device();
    const [ahead, behind] = [open(ASHA), open(ASHA)];
    behind.advance("ab:3");
    ahead.advance("ab:9");
    ahead.save();
    behind.save();
    expect(open(ASHA).last()).toBe("ab:9");
    behind.advance("ab:4");
    behind.save();
    expect(open(ASHA).last()).toBe("ab:9");
    behind.restart("cd:1");
    behind.save();
    expect(open(ASHA).last()).toBe("cd:1");
  });

  test("only moves forward, also while two transports overlap", () => {
    const cursor = device().open(ASHA);
    for (const cursorText of ["ab:5", "ab:4", "ab:6", "ab:5"]) cursor.advance(cursorText);
    expect(cursor.last()).toBe("ab:6");
  });

  test("of a new page is the earliest one that was read, so that no event falls between list and stream", () => {
    const cursor = device().open(ASHA);
    cursor.read("ab:8");
    cursor.read("ab:6");
    cursor.read("ab:9");
    expect(cursor.last()).toBe("ab:6");
    cursor.opened("ab:6", true);
    cursor.read("ab:2");
    expect(cursor.last()).toBe("ab:6");
    expect([cursor.covers("ab:6"), cursor.covers("ab:9"), cursor.covers("ab:2")]).toEqual([true, true, false]);
  });

  test("does not cover a list that was read before the stream began", () => {
    const cursor = device().open(ASHA);
    expect(cursor.covers("ab:2")).toBe(true);
    cursor.opened("ab:5", false);
    expect(cursor.covers("ab:2")).toBe(false);
    expect(cursor.covers("ab:5")).toBe(true);
    cursor.advance("ab:7");
    cursor.opened("ab:7", true);
    expect(cursor.covers("ab:5"), "the sequence is unbroken").toBe(true);
    cursor.restart("cd:1");
    expect(cursor.covers("ab:9")).toBe(false);
  });

  test("of another history makes everything be read again once", () => {
    const cursor = device().open(ASHA);
    cursor.opened("ab:5", false);
    const covers = (cursorText: string) => {
      cursor.read(cursorText);
      return cursor.covers(cursorText);
    };
    expect(covers("ab:6")).toBe(true);
    expect([covers("cd:2"), cursor.covers("ab:6")]).toEqual([false, false]);
    expect([covers("cd:2"), covers("cd:3")]).toEqual([true, true]);
    expect(cursor.last(), "so that the server answers with a reset").toBe("ab:5");
    expect([covers("ab:9"), covers("cd:4"), covers("cd:5")], "a late response of the old epoch").toEqual([
      false,
      true,
      true,
    ]);
    cursor.restart("cd:9");
    expect([covers("ef:1"), covers("ef:1")]).toEqual([false, true]);
  });

  test("of an unknown form does not cause endless reloads", () => {
    const cursor = device().open(ASHA);
    cursor.opened("somewhere", false);
    cursor.read("a");
    const first = cursor.covers("a");
    const later = ["b", "c", "d"].map((cursorText) => {
      cursor.read(cursorText);
      return cursor.covers(cursorText);
    });
    expect([first, later]).toEqual([false, [true, true, true]]);
  });
});
