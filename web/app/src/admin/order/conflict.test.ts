import { describe, expect, it } from "vitest";
import { compare, dirtyFields, resolve } from "./conflict";

const base = { status: "pending", tracking: "", partner: "Ada", phone: "1" };

describe("two admins, one order, no lost edits (row E11)", () => {
  it("tells mine, theirs and clashes apart", () => {
    const theirs = { status: "processing", tracking: "T-9", partner: "Ada", phone: "1" };
    const draft = { tracking: "T-1", partner: "Grace" };
    expect(compare(base, theirs, draft)).toEqual([
      { field: "status", base: "pending", theirs: "processing", mine: "pending", kind: "theirs" },
      { field: "tracking", base: "", theirs: "T-9", mine: "T-1", kind: "clash" },
      { field: "partner", base: "Ada", theirs: "Ada", mine: "Grace", kind: "mine" },
    ]);
  });

  it("sees no clash where both did the same", () => {
    expect(compare(base, { ...base, tracking: "T-1" }, { tracking: "T-1" })).toEqual([]);
  });

  it("puts mine on top of theirs, field by field where asked", () => {
    const theirs = { ...base, status: "processing", tracking: "T-9", phone: "2" };
    const draft = { tracking: "T-1", phone: "3", partner: "Grace" };
    expect(resolve(base, theirs, draft, {})).toEqual({ tracking: "T-1", phone: "3", partner: "Grace" });
    expect(resolve(base, theirs, draft, { tracking: "theirs" })).toEqual({ phone: "3", partner: "Grace" });
  });

  it("never lets a field of theirs fall that I did not touch", () => {
    const theirs = { ...base, status: "shipped", phone: "2" };
    const kept = resolve(base, theirs, { partner: "Grace" }, { partner: "mine" });
    expect({ ...theirs, ...kept }).toEqual({ status: "shipped", tracking: "", partner: "Grace", phone: "2" });
  });

  it("knows that a field typed back is not changed", () => {
    expect(dirtyFields(base, { partner: "Ada", tracking: "", phone: "2" })).toEqual({ phone: "2" });
  });
});
