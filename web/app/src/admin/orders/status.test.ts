import type { AllowedTransition, Status } from "@ordercast/client";
import { describe, expect, it } from "vitest";
import { cashIsDue, nextStatus, shownStep, statusesOf, type ActionKind } from "./status";

/** Transitions as the server sends them; "!" marks those that need a reason. */
const allowing = (...transitions: string[]): { allowedTransitions: AllowedTransition[] } => ({
  allowedTransitions: transitions.map((text) => ({
    status: text.replace("!", "") as Status,
    reasonRequired: text.endsWith("!"),
  })),
});

describe("the actions of an order", () => {
  const shipped = allowing("pending!", "processing!", "paid", "delivered", "cancelled");

  it("are grouped by kind, with the nearest correction first", () => {
    const kinds: ActionKind[] = ["forward", "payment", "correction", "cancel"];
    expect(kinds.map((kind) => statusesOf(kind, shipped))).toEqual([
      ["delivered"],
      ["paid"],
      ["processing", "pending"],
      ["cancelled"],
    ]);
  });

  it("offer the server's next step", () => {
    expect(nextStatus(shipped)).toBe("delivered");
    expect(nextStatus(allowing("processing", "shipped", "delivered", "cancelled"))).toBe("processing");
    expect(nextStatus(allowing("paid", "cancelled"))).toBeUndefined();
  });

  it("offer processing for a prepaid order that was moved back from shipped", () => {
    const prepaid = { ...allowing("processing", "shipped", "delivered", "cancelled"), status: "paid" };
    expect(nextStatus(prepaid)).toBe("processing");
  });

  it("are empty while the server's list is unknown", () => {
    expect(statusesOf("forward", { allowedTransitions: null })).toEqual([]);
  });

  it("show the step of a pending change until the server's list is known", () => {
    const order = { status: "shipped", allowedTransitions: null } as const;
    expect(shownStep(order, true)).toBe("shipped");
    expect(shownStep(order, false)).toBeUndefined();
    expect(shownStep({ ...order, ...shipped }, true)).toBe("delivered");
  });
});

describe("cash on delivery", () => {
  const payment = { method: "cash_on_delivery", status: "pending" };

  it("is due until it is recorded, unless the order is cancelled", () => {
    expect(cashIsDue({ payment, status: "delivered" })).toBe(true);
    expect(cashIsDue({ payment, status: "cancelled" })).toBe(false);
    expect(cashIsDue({ payment: { ...payment, status: "paid" }, status: "paid" })).toBe(false);
    expect(cashIsDue({ payment: { method: "online", status: "pending" }, status: "pending" })).toBe(false);
  });
});
