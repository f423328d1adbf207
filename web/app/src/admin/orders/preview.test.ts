import type { AllowedTransition, Status } from "@ordercast/client";
import { describe, expect, it } from "vitest";
import { choicesFor, commonNextStep, noChoicesReason, previewOf } from "./preview";

const forward = (status: Status): AllowedTransition => ({ status, reasonRequired: false });
const back = (status: Status): AllowedTransition => ({ status, reasonRequired: true });

/** What the server allows for orders paid in cash. */
const ALLOWED: Partial<Record<Status, AllowedTransition[]>> = {
  pending: ["processing", "shipped", "paid", "delivered", "cancelled"].map((status) => forward(status as Status)),
  shipped: [back("pending"), back("processing"), forward("paid"), forward("delivered"), forward("cancelled")],
  delivered: [back("pending"), back("processing"), back("shipped"), forward("paid")],
};
const order = (status: Status) => ({ allowedTransitions: ALLOWED[status] ?? [] });
const some = (["pending", "pending", "shipped", "delivered", "cancelled"] as const).map(order);

describe("the preview of a bulk status change", () => {
  it("counts possible, corrected and refused orders", () => {
    expect(previewOf(some, "processing")).toEqual({ status: "processing", possible: 4, corrections: 2, refused: 1 });
    expect(previewOf(some, "delivered")).toEqual({ status: "delivered", possible: 3, corrections: 0, refused: 2 });
  });

  it("offers only statuses that some orders can take, going back after going forward, and cancelling last", () => {
    const offered = (...statuses: Status[]) => choicesFor(statuses.map(order)).map((choice) => choice.status);
    expect(offered("delivered")).toEqual(["paid", "pending", "processing", "shipped"]);
    expect(offered("shipped")).toEqual(["paid", "delivered", "pending", "processing", "cancelled"]);
    expect(offered("pending", "shipped"), "processing would move one order back").toEqual([
      "shipped",
      "paid",
      "delivered",
      "pending",
      "processing",
      "cancelled",
    ]);
    expect(choicesFor([order("cancelled")])).toEqual([]);
  });

  it("starts with the next step of most orders, unless it moves another order back", () => {
    expect(commonNextStep([order("pending"), order("pending"), order("cancelled")])).toBe("processing");
    expect(commonNextStep(some)).toBeUndefined();
    expect(commonNextStep([order("shipped"), order("shipped"), order("pending")])).toBe("delivered");
    expect(commonNextStep([order("cancelled")])).toBeUndefined();
  });

  it("tells orders with an unconfirmed change from cancelled ones", () => {
    expect(noChoicesReason([order("cancelled")])).toBe("Cancelled orders cannot be changed.");
    expect(noChoicesReason([order("cancelled"), { allowedTransitions: null }])).toContain("not confirmed yet");
  });
});
