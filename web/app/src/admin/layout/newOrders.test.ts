import { describe, expect, it } from "vitest";
import { NOTHING_NEW, badgeText, countNew, type Badge, type BadgeChange } from "./newOrders";

const after = (...changes: BadgeChange[]): Badge => changes.reduce(countNew, { ...NOTHING_NEW, seen: 100 });

const countAfter = (...changes: BadgeChange[]) => after(...changes).unseen.length;

describe("the badge with the count of new orders (row A18)", () => {
  it("counts what arrives", () => {
    expect(countAfter({ type: "arrived", order: 101 }, { type: "arrived", order: 102 })).toBe(2);
  });

  it("is gone when somebody looks, and counts nothing while they do", () => {
    const looking = after({ type: "arrived", order: 101 }, { type: "looking", looking: true });
    expect(looking).toMatchObject({ unseen: [], looking: true, seen: 101 });
    const arrived = countNew(looking, { type: "arrived", order: 102 });
    expect(arrived).toMatchObject({ unseen: [], looking: true, seen: 102 });
    const left = countNew(arrived, { type: "looking", looking: false });
    expect(countNew(left, { type: "arrived", order: 103 }).unseen).toEqual([103]);
  });

  it("does not count again after a reload what somebody looked at", () => {
    const { seen } = after({ type: "read", newest: [102, 101] }, { type: "looking", looking: true });
    expect(countNew({ ...NOTHING_NEW, seen }, { type: "read", newest: [102, 101] }).unseen).toEqual([]);
  });

  it("stays while nobody looks", () => {
    expect(countAfter({ type: "read", newest: [102, 101] }, { type: "looking", looking: false })).toBe(2);
  });

  it("follows another tab", () => {
    const two = after({ type: "arrived", order: 101 }, { type: "arrived", order: 102 });
    expect(countNew(two, { type: "seen elsewhere", seen: 102 }).unseen).toEqual([]);
    expect(countNew(two, { type: "seen elsewhere", seen: 101 }).unseen).toEqual([102]);
    expect(countNew(two, { type: "seen elsewhere", seen: 99 }).unseen).toHaveLength(2);
  });

  it("begins with what came while nobody was there, each once", () => {
    expect(countAfter({ type: "read", newest: [102, 101, 100, 99] })).toBe(2);
    const looking = after({ type: "looking", looking: true }, { type: "read", newest: [102, 101] });
    expect(looking).toMatchObject({ unseen: [], looking: true, seen: 102 });
  });

  it("counts once what is read and told again live, whichever comes first", () => {
    const read: BadgeChange = { type: "read", newest: [102, 101] };
    const told: BadgeChange[] = [101, 102].map((order) => ({ type: "arrived", order }));
    expect(countAfter(read, ...told)).toBe(2);
    expect(countAfter(...told, read)).toBe(2);
    expect(countAfter(...told, { type: "arrived", order: 103 }, read)).toBe(3);
  });

  it("is empty for somebody who is here for the first time", () => {
    const first = countNew(NOTHING_NEW, { type: "read", newest: [102, 101] });
    expect(first).toMatchObject({ unseen: [], looking: false, seen: 102 });
    expect(countNew(first, { type: "arrived", order: 103 }).unseen).toEqual([103]);
    expect(countNew(NOTHING_NEW, { type: "looking", looking: true }).seen).toBeUndefined();
  });

  it("does not count an order that was seen", () => {
    expect(countAfter({ type: "arrived", order: 100 })).toBe(0);
  });

  it("counts lower numbers too after a backup was restored", () => {
    expect(countAfter({ type: "reset" }, { type: "read", newest: [50] }, { type: "arrived", order: 51 })).toBe(1);
  });

  it("counts what came while somebody was away for longer than the log goes back", () => {
    expect(
      countAfter({ type: "arrived", order: 101 }, { type: "reset" }, { type: "read", newest: [103, 102, 101, 100] }),
    ).toBe(3);
  });

  it("counts no further than it shows", () => {
    expect(
      countAfter(
        { type: "read", newest: Array.from({ length: 100 }, (_, at) => 300 - at) },
        { type: "arrived", order: 301 },
      ),
    ).toBe(100);
  });

  it("shows no more than two digits", () => {
    expect(badgeText(7)).toBe("7");
    expect(badgeText(99)).toBe("99");
    expect(badgeText(100)).toBe("99+");
  });
});
