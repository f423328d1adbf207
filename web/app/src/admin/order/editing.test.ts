import { describe, expect, it } from "vitest";
import type { Order } from "../data/types";
import { differences, editingReducer, NO_EDITS, type Editing, type EditingChange } from "./editing";

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
};
const timeZone = "UTC";
const typed = (field: "trackingNumber" | "partnerName" | "note", value: string): EditingChange => ({
  type: "edit",
  field,
  value,
  order,
  timeZone,
});
const after = (...changes: EditingChange[]): Editing => changes.reduce(editingReducer, NO_EDITS);

describe("editing an outdated order", () => {
  const theirs: Order = { ...order, version: 4, trackingNumber: "T-9", status: "shipped" };

  it("is no conflict while nobody else changed anything", () => {
    expect(differences(after(typed("trackingNumber", "T-1")), order, timeZone)).toEqual([]);
    expect(differences(NO_EDITS, theirs, timeZone)).toEqual([]);
  });

  it("shows both versions", () => {
    const editing = after(typed("trackingNumber", "T-1"), typed("note", "fragile"));
    expect(differences(editing, theirs, timeZone)).toEqual([
      { field: "status", base: "processing", theirs: "shipped", mine: "processing", kind: "theirs" },
      { field: "trackingNumber", base: "", theirs: "T-9", mine: "T-1", kind: "conflict" },
      { field: "note", base: "", theirs: "", mine: "fragile", kind: "mine" },
    ]);
  });

  it("is rebased on their version", () => {
    const settled = editingReducer(after(typed("trackingNumber", "T-1"), typed("note", "fragile")), {
      type: "resolved",
      order: theirs,
      choices: {},
      timeZone,
    });
    expect(settled).toMatchObject({ draft: { trackingNumber: "T-1", note: "fragile" }, base: { version: 4 } });
    expect(differences(settled, theirs, timeZone)).toEqual([]);
  });

  it("uses theirs where chosen, and keeps other unsaved fields", () => {
    const settled = editingReducer(after(typed("trackingNumber", "T-1"), typed("note", "fragile")), {
      type: "resolved",
      order: theirs,
      choices: { trackingNumber: "theirs" },
      timeZone,
    });
    expect(settled.draft).toEqual({ note: "fragile" });
    const nothingLeft = editingReducer(after(typed("trackingNumber", "T-1")), {
      type: "resolved",
      order: theirs,
      choices: { trackingNumber: "theirs" },
      timeZone,
    });
    expect(nothingLeft).toBe(NO_EDITS);
  });

  it("shows a requested status that was refused as outdated", () => {
    const lost = after({ type: "conflicted", requested: { status: "shipped" }, base: order });
    const cancelled: Order = { ...order, version: 4, status: "cancelled" };
    expect(differences(lost, cancelled, timeZone)).toEqual([
      { field: "status", base: "processing", theirs: "cancelled", mine: "shipped", kind: "conflict" },
    ]);
    expect(editingReducer(lost, { type: "resolved", order: cancelled, choices: { status: "theirs" }, timeZone })).toBe(
      NO_EDITS,
    );
  });

  it("ignores changes of the courier's location", () => {
    const moved: Order = { ...order, delivery: { location: { latitude: 1, longitude: 2, at: order.updatedAt } } };
    expect(differences(after(typed("note", "x")), moved, timeZone)).toEqual([]);
  });

  it("keeps unsaved fields when some were saved", () => {
    const saved: Order = { ...order, version: 4, trackingNumber: "T-1" };
    const editing = editingReducer(after(typed("trackingNumber", "T-1"), typed("partnerName", "Ada")), {
      type: "saved",
      fields: ["trackingNumber", "note"],
      order: saved,
    });
    expect(editing).toMatchObject({ draft: { partnerName: "Ada" }, base: { version: 4 } });
    expect(editingReducer(editing, { type: "saved", fields: ["partnerName", "partnerPhone"], order: saved })).toBe(
      NO_EDITS,
    );
  });

  it("has no edits when a field was typed back", () => {
    expect(after(typed("trackingNumber", "T-1"), typed("trackingNumber", ""))).toBe(NO_EDITS);
  });
});
