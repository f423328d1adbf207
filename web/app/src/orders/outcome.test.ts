import { describe, expect, it } from "vitest";

import { outcomeOf } from "./outcome";

describe("after a change", () => {
  it("the status is named that the order has", () => {
    expect(outcomeOf({ status: "shipped" }, "shipped", 1).message).toBe(
      "Order status updated to shipped. Customer will be notified in real-time!",
    );
    expect(outcomeOf({ status: "paid" }, "paid", null).message).toBe("Order status updated to paid.");
  });

  it("a payment that leaves the status is not called a change of status", () => {
    expect(outcomeOf({ status: "delivered" }, "paid", 2)).toEqual({
      message: "Payment recorded. Customer will be notified in real-time!",
      severity: "success",
    });
    expect(outcomeOf({ status: "delivered" }, "paid", 0).message).toBe(
      "Payment recorded. Customer is offline and will see it in their notifications.",
    );
    expect(outcomeOf({ status: "delivered" }, "paid", null).message).toBe("Payment recorded.");
  });
});
