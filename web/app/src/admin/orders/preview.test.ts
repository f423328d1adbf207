import { describe, expect, it } from "vitest";
import { choicesFor, mostCommonNextStep, previewOf } from "./preview";
import type { OrderState, Status } from "./status";

const order = (status: Status): OrderState => ({
  status,
  payment: { method: "cash_on_delivery", status: "pending" },
  shipments: [],
});
const some = (["pending", "pending", "shipped", "delivered", "cancelled"] as const).map(order);

describe("the preview of a bulk status change", () => {
  it("counts possible, corrected and refused orders", () => {
    expect(previewOf(some, "processing")).toEqual({ status: "processing", possible: 4, corrections: 2, refused: 1 });
    expect(previewOf(some, "delivered")).toEqual({ status: "delivered", possible: 3, corrections: 0, refused: 2 });
  });

  it("offers only statuses that some orders can take", () => {
    expect(choicesFor([order("delivered")]).map((choice) => choice.status)).toEqual([
      "pending",
      "processing",
      "shipped",
      "paid",
    ]);
    expect(choicesFor([order("cancelled")])).toEqual([]);
  });

  it("starts with the next step of most orders", () => {
    expect(mostCommonNextStep(some)).toBe("processing");
    expect(mostCommonNextStep([order("shipped"), order("shipped"), order("pending")])).toBe("delivered");
    expect(mostCommonNextStep([order("cancelled")])).toBeUndefined();
  });
});
