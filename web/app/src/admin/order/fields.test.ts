import { describe, expect, it } from "vitest";
import type { Order } from "../data/types";
import { commandsFor, errorsOf, fieldsOf, formatLocation, parseLocation } from "./fields";

const order: Order = {
  id: "a",
  number: "10231",
  storeId: "main",
  status: "processing",
  progress: 40,
  version: 3,
  items: [],
  shipments: [],
  canCancel: false,
  allowedTransitions: [],
  createdAt: "2026-11-21T10:00:00Z",
  updatedAt: "2026-11-21T10:01:00Z",
  trackingNumber: "T-1",
  estimatedDelivery: "2026-11-22T12:00:00Z",
  delivery: {
    partner: { name: "Ada", phone: "+49 1" },
    location: { latitude: 53.55, longitude: 9.99, at: "2026-11-21T10:01:00Z" },
  },
};
const zone = "Europe/Berlin";
const base = fieldsOf(order, zone);

describe("the order form", () => {
  it("shows the expected delivery in the store's time zone", () => {
    expect(base).toEqual({
      trackingNumber: "T-1",
      estimatedDelivery: "2026-11-22T13:00",
      partnerName: "Ada",
      partnerPhone: "+49 1",
      location: "53.55, 9.99",
      note: "",
    });
  });

  it("sends nothing when nothing changed", () => {
    expect(commandsFor(order, { trackingNumber: "T-1", estimatedDelivery: "2026-11-22T13:00" }, {}, zone)).toEqual([]);
  });

  it("sends only changed fields", () => {
    expect(commandsFor(order, { partnerPhone: "", partnerName: "Ada" }, {}, zone)).toEqual([
      { type: "delivery", body: { partner: { name: "Ada" } }, fields: ["partnerName", "partnerPhone"] },
    ]);
    expect(commandsFor(order, { location: "1, 2" }, {}, zone)).toEqual([
      { type: "delivery", body: { location: { latitude: 1, longitude: 2 } }, fields: ["location"] },
    ]);
    expect(commandsFor(order, { estimatedDelivery: "2026-11-22T14:00" }, {}, zone)).toEqual([
      { type: "delivery", body: { estimatedDelivery: "2026-11-22T13:00:00.000Z" }, fields: ["estimatedDelivery"] },
    ]);
  });

  it("keeps the status when only a note or tracking number is saved", () => {
    expect(commandsFor(order, { note: " fragile " }, {}, zone)).toEqual([
      { type: "status", body: { status: "processing", note: "fragile" }, fields: ["trackingNumber", "note"] },
    ]);
  });

  it("saves everything with a status change, the partner first", () => {
    const draft = { trackingNumber: "T-2", estimatedDelivery: "2026-11-23T09:00", partnerName: "Grace" };
    expect(commandsFor(order, draft, { status: "shipped" }, zone)).toEqual([
      {
        type: "delivery",
        body: { partner: { name: "Grace", phone: "+49 1" } },
        fields: ["partnerName", "partnerPhone"],
      },
      {
        type: "status",
        body: { status: "shipped", trackingNumber: "T-2", estimatedDelivery: "2026-11-23T08:00:00.000Z" },
        fields: ["trackingNumber", "note", "estimatedDelivery"],
      },
    ]);
  });

  it("sends the reason of a correction", () => {
    expect(commandsFor(order, {}, { status: "pending", reason: "wrong order " }, zone)).toEqual([
      { type: "status", body: { status: "pending", reason: "wrong order" }, fields: ["trackingNumber", "note"] },
    ]);
  });

  it("reports invalid fields", () => {
    expect(errorsOf(base, { trackingNumber: " " }, zone)).toHaveProperty("trackingNumber");
    expect(errorsOf(base, { partnerName: "" }, zone)).toHaveProperty("partnerName");
    expect(errorsOf(base, { location: "here" }, zone)).toHaveProperty("location");
    expect(errorsOf(base, { partnerPhone: "", note: "", trackingNumber: "T-1" }, zone)).toEqual({});
    expect(errorsOf({}, { partnerPhone: "1" }, zone)).toHaveProperty("partnerName");
  });

  it("parses coordinates", () => {
    expect(parseLocation(formatLocation({ latitude: -33.9, longitude: 18.4 }))).toEqual({
      latitude: -33.9,
      longitude: 18.4,
    });
    for (const text of ["", "1", "1,", "91, 0", "0, 181", "a, b", "1, 2, 3"])
      expect(parseLocation(text), text).toBeUndefined();
  });
});
