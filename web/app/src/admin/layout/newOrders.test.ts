import { describe, expect, it } from "vitest";
import { NOTHING_NEW, badgeText, countNew, type Badge, type BadgeChange } from "./newOrders";

const after = (...changes: BadgeChange[]): Badge => changes.reduce(countNew, { ...NOTHING_NEW, seen: 100 });

describe("the badge with the count of new orders (row A18)", () => {
  it("counts what arrives", () => {
    expect(after({ type: "arrived", order: 101 }, { type: "arrived", order: 102 }).count).toBe(2);
  });

  it("is gone when somebody looks, and counts nothing while they do", () => {
    const looking = after({ type: "arrived", order: 101 }, { type: "looking", looking: true });
    expect(looking).toMatchObject({ count: 0, looking: true });
    const arrived = countNew(looking, { type: "arrived", order: 102 });
    expect(arrived).toEqual({ count: 0, looking: true, seen: 102 });
    const left = countNew(arrived, { type: "looking", looking: false });
    expect(countNew(left, { type: "arrived", order: 103 }).count).toBe(1);
  });

  it("follows another tab", () => {
    const two = after({ type: "arrived", order: 101 }, { type: "arrived", order: 102 });
    expect(countNew(two, { type: "seen elsewhere", seen: 102 }).count).toBe(0);
    expect(countNew(two, { type: "seen elsewhere", seen: 99 }).count).toBe(2);
  });

  it("begins with what came while nobody was there, each once", () => {
    expect(after({ type: "read", newest: [102, 101, 100, 99] }).count).toBe(2);
    const looking = after({ type: "looking", looking: true }, { type: "read", newest: [102, 101] });
    expect(looking).toEqual({ count: 0, looking: true, seen: 102 });
  });

  it("is empty for somebody who is here for the first time", () => {
    const first = countNew(NOTHING_NEW, { type: "read", newest: [102, 101] });
    expect(first).toEqual({ count: 0, looking: false, seen: 102 });
    expect(countNew(first, { type: "arrived", order: 103 }).count).toBe(1);
  });

  it("does not count an order that was seen", () => {
    expect(after({ type: "arrived", order: 100 }).count).toBe(0);
  });

  it("shows no more than two digits", () => {
    expect(badgeText(7)).toBe("7");
    expect(badgeText(99)).toBe("99");
    expect(badgeText(100)).toBe("99+");
  });
});
