import { describe, expect, it } from "vitest";
import { nextStep, needsReason, stepsFrom, type OrderState, type Status } from "./status";

const due = { method: "cash_on_delivery", status: "pending" };
const paid = { method: "cash_on_delivery", status: "paid" };

function order(status: Status, payment = due, shipments: OrderState["shipments"] = []): OrderState {
  return { status, payment, shipments };
}

const steps = (state: OrderState) => stepsFrom(state).map((step) => `${step.kind} ${step.status}`);

describe("what staff may do to an order (rows A5, B5)", () => {
  it("canChangePosition on, takes the cash, or cancels a new one", () => {
    expect(steps(order("pending"))).toEqual([
      "forward processing",
      "forward shipped",
      "forward delivered",
      "payment paid",
      "cancel cancelled",
    ]);
  });

  it("corrects one on the road, with a reason", () => {
    expect(steps(order("shipped"))).toEqual([
      "forward delivered",
      "payment paid",
      "correction processing",
      "correction pending",
      "cancel cancelled",
    ]);
    expect(needsReason(order("shipped"), "processing")).toBe(true);
    expect(needsReason(order("shipped"), "delivered")).toBe(false);
  });

  it("goes on with one that was paid before it was begun", () => {
    expect(nextStep(order("paid", paid))).toEqual({ status: "processing", kind: "forward" });
    expect(needsReason(order("paid", paid), "shipped")).toBe(false);
    expect(needsReason(order("paid", paid), "pending")).toBe(true);
  });

  it("delivers one that was paid on the road", () => {
    const onTheRoad = order("paid", paid, [{ status: "shipped" }]);
    expect(nextStep(onTheRoad)).toEqual({ status: "delivered", kind: "forward" });
    expect(needsReason(onTheRoad, "shipped")).toBe(true);
    expect(needsReason(onTheRoad, "processing")).toBe(true);
  });

  it("takes money once", () => {
    expect(steps(order("delivered", paid))).toEqual([
      "correction shipped",
      "correction processing",
      "correction pending",
    ]);
    expect(steps(order("delivered"))).toContain("payment paid");
    expect(steps(order("shipped", { method: "online", status: "pending" }))).not.toContain("payment paid");
  });

  it("leaves a cancelled one alone", () => {
    expect(stepsFrom(order("cancelled"))).toEqual([]);
    expect(nextStep(order("cancelled"))).toBeUndefined();
  });
});
