import { describe as suite, expect, test } from "vitest";
import { makeEvent, makeOrder } from "../../tests/support/orders.js";
import type { OrderEvent } from "../live/events.js";
import type { Status } from "../model.js";
import { describe, describeOutcome } from "./describe.js";
import { isFinal, STATUSES } from "./status.js";
import { describeLine } from "./timeline.js";

const event = (status: Status, more: Partial<OrderEvent> = {}): OrderEvent => ({
  ...makeEvent(makeOrder(231), status),
  own: false,
  missed: false,
  listed: false,
  here: false,
  ...more,
});

suite("toasts", () => {
  test("an order was placed", () => {
    const created = event("pending", { kind: "order.created", customer: { id: "asha", name: "Asha Rao" } });
    expect(describe(created, "customer")).toEqual({ message: "Order placed", severity: "success" });
    expect(describe(created, "staff")?.message).toBe("New order #10231 from Asha Rao!");
    expect(describe({ ...created, customer: { id: "x" } }, "staff")?.message).toBe("New order #10231 from customer!");
  });

  test("each status has its color", () => {
    const colours = (["processing", "shipped", "paid", "delivered"] as const).map((status) =>
      describe(event(status), "customer"),
    );
    expect(colours).toEqual([
      { message: "Order status: processing", severity: "info" },
      { message: "Order status: shipped", severity: "info" },
      { message: "Order status: paid", severity: "success" },
      { message: "Order status: delivered", severity: "success" },
    ]);
  });

  test("a cancellation names who cancelled", () => {
    const by = (actor: OrderEvent["actor"]) => describe(event("cancelled", { actor }), "staff");
    expect(by({ origin: "customer", name: "Asha" })).toEqual({
      message: "Order #10231 cancelled by customer",
      severity: "warning",
    });
    expect(by({ origin: "staff", name: "Mira" })?.message).toBe("Order #10231 cancelled by Mira");
    expect(by({ origin: "system" })?.message).toBe("Order #10231 cancelled by the system");
    expect(describe(event("cancelled"), "customer")).toEqual({ message: "Order cancelled", severity: "warning" });
  });

  test("on the page of the order", () => {
    expect(describe(event("shipped"), "customer", { isTracked: true })).toEqual({
      message: "Order status updated to: shipped",
      severity: "success",
    });
  });

  test("after a change: whether the customer was notified", () => {
    expect(describeOutcome("shipped", 2).message).toBe(
      "Order status updated to shipped. Customer will be notified in real-time!",
    );
    expect(describeOutcome("shipped", 0).message).toBe(
      "Order status updated to shipped. Customer is offline and will see it in their notifications.",
    );
    expect(describeOutcome("shipped", 0, ["e-mail", "SMS"]).message).toMatch(
      /by e-mail, SMS and in their notifications\.$/,
    );
    expect(describeOutcome("shipped", null)).toEqual({
      message: "Order status updated to shipped.",
      severity: "success",
    });
  });

  test("minor events have no toast", () => {
    expect(
      describe(
        event("pending", {
          kind: "delivery.located",
          location: { latitude: 1, longitude: 2, at: "2030-01-01T00:00:00Z" },
        }),
        "customer",
      ),
    ).toBeNull();
    expect(describe(event("pending", { kind: "order.updated", note: "Gift wrap" }), "staff")).toBeNull();
    expect(describe(event("pending", { kind: "payment.changed", paymentStatus: "failed" }), "customer")?.severity).toBe(
      "error",
    );
  });
});

suite("statuses", () => {
  test("final ones", () => {
    expect(STATUSES.filter(isFinal)).toEqual(["delivered", "cancelled"]);
  });
});

suite("timeline entries", () => {
  test("have a title, details and a person", () => {
    expect(
      describeLine(event("shipped", { trackingNumber: "TRACK-1", actor: { origin: "staff", name: "Mira" } })),
    ).toEqual({ title: "Shipped", details: ["Tracking number TRACK-1"], who: "Mira" });
    expect(describeLine(event("cancelled", { reason: "Twice", actor: { origin: "customer" } }))).toEqual({
      title: "Order cancelled",
      details: ["Twice"],
      who: "Customer",
    });
    expect(describeLine(event("processing", { previousStatus: "shipped", reason: "Wrong parcel" })).title).toBe(
      "Corrected to processing",
    );
    expect(describeLine(event("pending", { kind: "order.created" })).title).toBe("Order placed");
    expect(describeLine(event("pending", { partner: { name: "Ravi", phone: "1" } }))).toMatchObject({
      title: "Driver assigned",
      details: ["Ravi, 1"],
    });
  });
});
