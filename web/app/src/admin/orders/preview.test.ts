import { describe, expect, it } from "vitest";
import { choicesFor, likeliest, previewOf } from "./preview";
import type { OrderState, Status } from "./status";

const order = (status: Status): OrderState => ({
  status,
  payment: { method: "cash_on_delivery", status: "pending" },
  shipments: [],
});
const some = (["pending", "pending", "shipped", "delivered", "cancelled"] as const).map(order);

describe("what a bulk status will do (row C4)", () => {
  it("counts what can take it, what it corrects and what will be refused", () => {
    expect(previewOf(some, "processing")).toEqual({ status: "processing", possible: 4, corrections: 2, refused: 1 });
    expect(previewOf(some, "delivered")).toEqual({ status: "delivered", possible: 3, corrections: 0, refused: 2 });
  });

  it("offers only what some of them can take", () => {
    expect(choicesFor([order("delivered")]).map((choice) => choice.status)).toEqual([
      "pending",
      "processing",
      "shipped",
      "paid",
    ]);
    expect(choicesFor([order("cancelled")])).toEqual([]);
  });

  it("begins with the step that most of them take next", () => {
    expect(likeliest(some)).toBe("processing");
    expect(likeliest([order("shipped"), order("shipped"), order("pending")])).toBe("delivered");
    expect(likeliest([order("cancelled")])).toBeUndefined();
  });
});
