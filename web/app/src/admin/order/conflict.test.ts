import { describe, expect, it } from "vitest";
import { compareVersions, dirtyFields, resolveDraft } from "./conflict";

const base = { status: "pending", tracking: "", partner: "Ada", phone: "1" };

describe("two people edit one order", () => {
  it("distinguishes mine, theirs and conflicts", () => {
    const theirs = { status: "processing", tracking: "T-9", partner: "Ada", phone: "1" };
    const draft = { tracking: "T-1", partner: "Grace" };
    expect(compareVersions(base, theirs, draft)).toEqual([
      { field: "status", base: "pending", theirs: "processing", mine: "pending", kind: "theirs" },
      { field: "tracking", base: "", theirs: "T-9", mine: "T-1", kind: "conflict" },
      { field: "partner", base: "Ada", theirs: "Ada", mine: "Grace", kind: "mine" },
    ]);
  });

  it("reports no conflict when both made the same change", () => {
    expect(compareVersions(base, { ...base, tracking: "T-1" }, { tracking: "T-1" })).toEqual([]);
  });

  it("rebases my changes on theirs, except where theirs was chosen", () => {
    const theirs = { ...base, status: "processing", tracking: "T-9", phone: "2" };
    const draft = { tracking: "T-1", phone: "3", partner: "Grace" };
    expect(resolveDraft(base, theirs, draft, {})).toEqual({ tracking: "T-1", phone: "3", partner: "Grace" });
    expect(resolveDraft(base, theirs, draft, { tracking: "theirs" })).toEqual({ phone: "3", partner: "Grace" });
  });

  it("keeps their changes to fields I did not edit", () => {
    const theirs = { ...base, status: "shipped", phone: "2" };
    const resolved = resolveDraft(base, theirs, { partner: "Grace" }, { partner: "mine" });
    expect({ ...theirs, ...resolved }).toEqual({ status: "shipped", tracking: "", partner: "Grace", phone: "2" });
  });

  it("treats a field typed back to its old value as unchanged", () => {
    expect(dirtyFields(base, { partner: "Ada", tracking: "", phone: "2" })).toEqual({ phone: "2" });
  });
});
