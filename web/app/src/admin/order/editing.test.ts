import { describe, expect, it } from "vitest";
import type { Order } from "../data/types";
import { differences, edit, UNTOUCHED, type Editing, type EditingChange } from "./editing";

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
const after = (...changes: EditingChange[]): Editing => changes.reduce(edit, UNTOUCHED);

describe("a stale edit loses neither version (row E11)", () => {
  const theirs: Order = { ...order, version: 4, trackingNumber: "T-9", status: "shipped" };

  it("is no conflict while nobody else did anything", () => {
    expect(differences(after(typed("trackingNumber", "T-1")), order, timeZone)).toEqual([]);
    expect(differences(UNTOUCHED, theirs, timeZone)).toEqual([]);
  });

  it("shows both versions side by side", () => {
    const editing = after(typed("trackingNumber", "T-1"), typed("note", "fragile"));
    expect(differences(editing, theirs, timeZone)).toEqual([
      { field: "status", base: "processing", theirs: "shipped", mine: "processing", kind: "theirs" },
      { field: "trackingNumber", base: "", theirs: "T-9", mine: "T-1", kind: "clash" },
      { field: "note", base: "", theirs: "", mine: "fragile", kind: "mine" },
    ]);
  });

  it("goes on top of theirs, from their version", () => {
    const settled = edit(after(typed("trackingNumber", "T-1"), typed("note", "fragile")), {
      type: "settled",
      order: theirs,
      choices: {},
      timeZone,
    });
    expect(settled).toMatchObject({ draft: { trackingNumber: "T-1", note: "fragile" }, base: { version: 4 } });
    expect(differences(settled, theirs, timeZone)).toEqual([]);
  });

  it("takes theirs where chosen, and keeps the other unsaved fields", () => {
    const settled = edit(after(typed("trackingNumber", "T-1"), typed("note", "fragile")), {
      type: "settled",
      order: theirs,
      choices: { trackingNumber: "theirs" },
      timeZone,
    });
    expect(settled.draft).toEqual({ note: "fragile" });
    const nothingLeft = edit(after(typed("trackingNumber", "T-1")), {
      type: "settled",
      order: theirs,
      choices: { trackingNumber: "theirs" },
      timeZone,
    });
    expect(nothingLeft).toBe(UNTOUCHED);
  });

  it("shows a status that lost its race", () => {
    const lost = after({ type: "lost", wanted: { status: "shipped" }, base: order });
    const cancelled: Order = { ...order, version: 4, status: "cancelled" };
    expect(differences(lost, cancelled, timeZone)).toEqual([
      { field: "status", base: "processing", theirs: "cancelled", mine: "shipped", kind: "clash" },
    ]);
    expect(edit(lost, { type: "settled", order: cancelled, choices: { status: "theirs" }, timeZone })).toBe(UNTOUCHED);
  });

  it("takes no moving parcel for an edit", () => {
    const moved: Order = { ...order, delivery: { location: { latitude: 1, longitude: 2, at: order.updatedAt } } };
    expect(differences(after(typed("note", "x")), moved, timeZone)).toEqual([]);
  });

  it("keeps what was not saved when a part was", () => {
    const saved: Order = { ...order, version: 4, trackingNumber: "T-1" };
    const editing = edit(after(typed("trackingNumber", "T-1"), typed("partnerName", "Ada")), {
      type: "saved",
      fields: ["trackingNumber", "note"],
      order: saved,
    });
    expect(editing).toMatchObject({ draft: { partnerName: "Ada" }, base: { version: 4 } });
    expect(edit(editing, { type: "saved", fields: ["partnerName", "partnerPhone"], order: saved })).toBe(UNTOUCHED);
  });

  it("has nothing unsaved when it was typed back", () => {
    expect(after(typed("trackingNumber", "T-1"), typed("trackingNumber", ""))).toBe(UNTOUCHED);
  });
});
