import { describe, expect, it } from "vitest";
import type { BulkOutcome } from "../data/types";
import { groupRefusals } from "./refusals";

describe("the result of setting one status for many orders", () => {
  it("groups refusals with the same reason", () => {
    const refused = (order: string, code: string): BulkOutcome => ({ order, ok: false, code, detail: `${code}!` });
    const outcomes = [
      refused("1", "unchanged"),
      refused("2", "final_status"),
      { order: "3", ok: true },
      refused("4", "final_status"),
    ];
    expect(groupRefusals(outcomes)).toEqual([
      { code: "final_status", detail: "final_status!", orders: ["2", "4"] },
      { code: "unchanged", detail: "unchanged!", orders: ["1"] },
    ]);
  });
});
