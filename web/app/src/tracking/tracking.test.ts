import type { Account, Order, TimelineEvent } from "@ordercast/client";
import { describe, expect, it } from "vitest";

import { timesIn } from "../time/times";
import { headlineOf } from "./headline";
import { statusSince, stepsOf } from "./steps";
import { describeEvent, headingOf, withoutOldLocations } from "./timeline";

const asha: Account = { id: "u1", role: "customer", storeId: "main", name: "Asha Rao" };
const now = Date.parse("2026-11-21T12:00:00Z");
const times = timesIn("Europe/Berlin", "UTC");

const order: Order = {
  id: "o1",
  number: "10031",
  storeId: "main",
  status: "pending",
  progress: 10,
  version: 1,
  items: [],
  shipments: [],
  canCancel: true,
  allowedTransitions: [],
  createdAt: "2026-11-21T09:00:00Z",
  updatedAt: "2026-11-21T09:00:00Z",
};

let count = 0;
/** The texts and icons of the timeline, newest first. */
const timelineEntries = (events: TimelineEvent[], viewer: Account) =>
  withoutOldLocations(events)
    .reverse()
    .map((each) => ({ ...describeEvent(each, viewer, times), icon: headingOf(each).icon }));

function event(facts: Partial<TimelineEvent>): TimelineEvent {
  count += 1;
  const base = {
    id: `e${count}`,
    kind: "order.status_changed",
    at: "2026-11-21T10:00:00Z",
    actor: { origin: "staff" },
    storeId: "main",
    version: count,
    orderId: "o1",
    orderNumber: "10031",
    status: "pending",
    previousStatus: "pending",
  } as const;
  return { ...base, ...facts } as TimelineEvent;
}

const placed = event({ kind: "order.created", actor: { origin: "customer", id: "u1", name: "Asha Rao" } });

describe("the timeline", () => {
  it("is newest first and names who did it", () => {
    const entries = timelineEntries(
      [
        placed,
        event({ status: "processing" }),
        event({
          kind: "payment.changed",
          status: "processing",
          previousStatus: "processing",
          paymentStatus: "paid",
          actor: { origin: "gateway" },
        }),
        event({
          status: "shipped",
          previousStatus: "processing",
          trackingNumber: "T-1",
          actor: { origin: "staff", id: "u9", name: "Noor" },
        }),
      ],
      asha,
    );
    expect(entries.map(({ title, who, icon }) => [title, who, icon])).toEqual([
      ["Shipped", "Noor", "shipped"],
      ["Payment received", "Payment provider", "payment"],
      ["Processing", "The store", "processing"],
      ["Order placed", "You", "pending"],
    ]);
    expect(entries[0]?.details).toEqual(["Tracking number T-1"]);
  });

  it("shows a correction with its reason, and consecutive locations once", () => {
    const located = {
      kind: "delivery.located",
      status: "shipped",
      previousStatus: "shipped",
      location: { latitude: 1, longitude: 2, at: "2026-11-21T10:00:00Z" },
    } as const;
    const entries = timelineEntries(
      [
        event({ status: "processing", previousStatus: "shipped", reason: "scanned by mistake" }),
        event(located),
        event(located),
        event({ status: "shipped", previousStatus: "processing" }),
        event(located),
      ],
      asha,
    );
    expect(entries.map((entry) => entry.title)).toEqual([
      "Location updated",
      "Shipped",
      "Location updated",
      "Moved back to processing",
    ]);
    expect(entries[3]?.details).toEqual(["“scanned by mistake”"]);
  });
});

describe("the steps", () => {
  const states = (progress: number, parcels: Order["shipments"] = []) =>
    stepsOf({ ...order, progress, shipments: parcels }, [placed, event({ status: "processing" })]).map(
      (step) => `${step.label} ${step.state}`,
    );

  it("follow the server's percentage", () => {
    expect(states(10)).toEqual(["Placed current", "Processing ahead", "Shipped ahead", "Delivered ahead"]);
    expect(states(40)).toEqual(["Placed done", "Processing current", "Shipped ahead", "Delivered ahead"]);
    expect(states(85, [{ parcel: 1, status: "out_for_delivery" }])).toEqual([
      "Placed done",
      "Processing done",
      "Out for delivery current",
      "Delivered ahead",
    ]);
    expect(states(100)).toEqual(["Placed done", "Processing done", "Shipped done", "Delivered done"]);
  });

  it("have the time each was reached, but not one that was undone", () => {
    const [first, second] = stepsOf({ ...order, progress: 40 }, [
      placed,
      event({ status: "processing", at: "2026-11-21T10:30:00Z" }),
    ]);
    expect([first?.at, second?.at]).toEqual([order.createdAt, "2026-11-21T10:30:00Z"]);
    expect(stepsOf(order, [placed, event({ status: "processing" })])[1]).not.toHaveProperty("at");
  });
});

describe("the time beside the status", () => {
  it("is that of the status, not of a later change", () => {
    const processing = event({ status: "processing", at: "2026-11-21T10:30:00Z" });
    const located = event({ status: "processing", previousStatus: "processing", at: "2026-11-21T11:30:00Z" });
    const current: Order = { ...order, status: "processing", updatedAt: located.at };
    expect(statusSince(current, [placed, processing, located])).toBe("2026-11-21T10:30:00Z");
    expect(statusSince(order, [placed])).toBe(placed.at);
  });

  it("is unknown while the history is", () => {
    expect(statusSince({ ...order, status: "processing" }, [placed])).toBeUndefined();
  });
});

describe("the headline", () => {
  it("is the expected day and time, also when it has passed", () => {
    expect(headlineOf({ ...order, estimatedDelivery: "2026-11-21T18:00:00Z" }, [], now, times)).toMatchObject({
      eyebrow: "Expected",
      title: "Today",
      time: "by 19:00 CET",
    });
    expect(headlineOf({ ...order, estimatedDelivery: "2026-11-22T18:00:00Z" }, [], now, times)).toMatchObject({
      title: "Tomorrow",
    });
    expect(headlineOf({ ...order, estimatedDelivery: "2026-11-21T11:50:00Z" }, [], now, times)).toMatchObject({
      eyebrow: "Expected",
    });
    expect(headlineOf({ ...order, estimatedDelivery: "2026-11-21T11:40:00Z" }, [], now, times)).toMatchObject({
      eyebrow: "Was expected",
    });
  });

  it("shows no time that the store did not set", () => {
    expect(headlineOf(order, [], now, times).title).toBe("We have your order");
    expect(headlineOf({ ...order, status: "shipped" }, [], now, times).title).toBe("On its way");
  });

  it("asks for an outstanding payment", () => {
    const online: Order = { ...order, payment: { method: "online", status: "pending" } };
    expect(headlineOf(online, [], now, times).title).toBe("Waiting for payment");
    expect(
      headlineOf({ ...online, payment: { method: "online", status: "paid" }, status: "paid" }, [], now, times).title,
    ).toBe("We have your order");
    expect(
      headlineOf({ ...online, payment: { method: "cash_on_delivery", status: "pending" } }, [], now, times).title,
    ).toBe("We have your order");
  });

  it("says who cancelled, and why", () => {
    const cancelled: Order = {
      ...order,
      status: "cancelled",
      progress: 0,
      cancellation: { by: "staff", at: order.updatedAt, reason: "sold out" },
    };
    expect(headlineOf(cancelled, [], now, times)).toMatchObject({
      title: "Cancelled",
      detail: "Cancelled by the store: “sold out”",
    });
  });
});
