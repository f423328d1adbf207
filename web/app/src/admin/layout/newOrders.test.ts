import { describe, expect, it } from "vitest";
import { INITIAL_NEW_ORDERS, badgeText, newOrdersReducer, type NewOrders, type NewOrdersChange } from "./newOrders";

const after = (...changes: NewOrdersChange[]): NewOrders =>
  changes.reduce(newOrdersReducer, { ...INITIAL_NEW_ORDERS, seen: 100 });

const countAfter = (...changes: NewOrdersChange[]) => after(...changes).unseen.length;

describe("the count of new orders", () => {
  it("counts arriving orders", () => {
    expect(countAfter({ type: "arrived", order: 101 }, { type: "arrived", order: 102 })).toBe(2);
  });

  it("is cleared when the table is visible, and stays zero while it is", () => {
    const isVisible = after({ type: "arrived", order: 101 }, { type: "isVisible", isVisible: true });
    expect(isVisible).toMatchObject({ unseen: [], isVisible: true, seen: 101 });
    const arrived = newOrdersReducer(isVisible, { type: "arrived", order: 102 });
    expect(arrived).toMatchObject({ unseen: [], isVisible: true, seen: 102 });
    const left = newOrdersReducer(arrived, { type: "isVisible", isVisible: false });
    expect(newOrdersReducer(left, { type: "arrived", order: 103 }).unseen).toEqual([103]);
  });

  it("does not count seen orders again after a reload", () => {
    const { seen } = after({ type: "read", newest: [102, 101] }, { type: "isVisible", isVisible: true });
    expect(newOrdersReducer({ ...INITIAL_NEW_ORDERS, seen }, { type: "read", newest: [102, 101] }).unseen).toEqual([]);
  });

  it("stays while the table is not visible", () => {
    expect(countAfter({ type: "read", newest: [102, 101] }, { type: "isVisible", isVisible: false })).toBe(2);
  });

  it("follows another tab", () => {
    const two = after({ type: "arrived", order: 101 }, { type: "arrived", order: 102 });
    expect(newOrdersReducer(two, { type: "seen elsewhere", seen: 102 }).unseen).toEqual([]);
    expect(newOrdersReducer(two, { type: "seen elsewhere", seen: 101 }).unseen).toEqual([102]);
    expect(newOrdersReducer(two, { type: "seen elsewhere", seen: 99 }).unseen).toHaveLength(2);
  });

  it("starts with the orders that arrived meanwhile, each once", () => {
    expect(countAfter({ type: "read", newest: [102, 101, 100, 99] })).toBe(2);
    const isVisible = after({ type: "isVisible", isVisible: true }, { type: "read", newest: [102, 101] });
    expect(isVisible).toMatchObject({ unseen: [], isVisible: true, seen: 102 });
  });

  it("counts an order once that is both fetched and received live", () => {
    const read: NewOrdersChange = { type: "read", newest: [102, 101] };
    const arrived: NewOrdersChange[] = [101, 102].map((order) => ({ type: "arrived", order }));
    expect(countAfter(read, ...arrived)).toBe(2);
    expect(countAfter(...arrived, read)).toBe(2);
    expect(countAfter(...arrived, { type: "arrived", order: 103 }, read)).toBe(3);
  });

  it("starts at zero on the first visit", () => {
    const first = newOrdersReducer(INITIAL_NEW_ORDERS, { type: "read", newest: [102, 101] });
    expect(first).toMatchObject({ unseen: [], isVisible: false, seen: 102 });
    expect(newOrdersReducer(first, { type: "arrived", order: 103 }).unseen).toEqual([103]);
    expect(newOrdersReducer(INITIAL_NEW_ORDERS, { type: "isVisible", isVisible: true }).seen).toBeUndefined();
  });

  it("does not count an order that was seen", () => {
    expect(countAfter({ type: "arrived", order: 100 })).toBe(0);
  });

  it("counts lower numbers after a backup was restored", () => {
    expect(countAfter({ type: "reset" }, { type: "read", newest: [50] }, { type: "arrived", order: 51 })).toBe(1);
  });

  it("counts orders that arrived during an absence longer than the log", () => {
    expect(
      countAfter({ type: "arrived", order: 101 }, { type: "reset" }, { type: "read", newest: [103, 102, 101, 100] }),
    ).toBe(3);
  });

  it("counts up to the maximum it shows", () => {
    expect(
      countAfter(
        { type: "read", newest: Array.from({ length: 100 }, (_, at) => 300 - at) },
        { type: "arrived", order: 301 },
      ),
    ).toBe(100);
  });

  it("shows at most two digits", () => {
    expect(badgeText(7)).toBe("7");
    expect(badgeText(99)).toBe("99");
    expect(badgeText(100)).toBe("99+");
  });
});
