import { describe, expect, it } from "vitest";
import type { BulkOutcome } from "../data/types";
import { chunks, groupRefusals, SendFailed, setStatusOfMany } from "./bulk";

const names = (count: number) => Array.from({ length: count }, (_, at) => String(10_000 + at));
const done = (orders: readonly string[]): BulkOutcome[] => orders.map((order) => ({ order, ok: true }));

const never = async () => {
  throw new Error("nothing was to be waited for");
};

describe("setting one status for many orders", () => {
  it("splits into chunks of at most the given size", () => {
    expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunks([], 2)).toEqual([]);
  });

  it("sends 500 per call and reports progress", async () => {
    const calls: number[] = [];
    const progress: number[] = [];
    const outcomes = await setStatusOfMany(names(1_201), {
      send: async (orders) => {
        calls.push(orders.length);
        return done(orders);
      },
      pause: never,
      onProgress: (so) => progress.push(so.length),
    });
    expect(calls).toEqual([500, 500, 201]);
    expect(progress).toEqual([500, 1_000, 1_201]);
    expect(outcomes.map((outcome) => outcome.order)).toEqual(names(1_201));
  });

  it("retries after the delay the server asks for", async () => {
    const tried: (readonly string[])[] = [];
    const waited: number[] = [];
    const outcomes = await setStatusOfMany(["10001"], {
      send: async (orders) => {
        tried.push(orders);
        if (tried.length < 3) throw new SendFailed("Too many requests", tried.length);
        return done(orders);
      },
      pause: async (seconds) => void waited.push(seconds),
    });
    expect(tried).toEqual([["10001"], ["10001"], ["10001"]]);
    expect(waited).toEqual([1, 2]);
    expect(outcomes).toEqual([{ order: "10001", ok: true }]);
  });

  it("continues with the next chunk after a final failure, and stops retrying eventually", async () => {
    let calls = 0;
    const outcomes = await setStatusOfMany(names(501), {
      send: async (orders) => {
        calls += 1;
        if (orders.length === 500) throw new SendFailed("busy", 0);
        return done(orders);
      },
      pause: async () => {},
    });
    expect(calls).toBe(7);
    expect(outcomes.filter((outcome) => outcome.ok)).toEqual([{ order: "10500", ok: true }]);
    expect(outcomes[0]).toEqual({ order: "10000", ok: false, code: "not_sent", detail: "busy" });
  });

  it("gives every order an outcome", async () => {
    const outcomes = await setStatusOfMany(["a", "b"], {
      send: async () => [{ order: "b", ok: true }],
      pause: never,
    });
    expect(outcomes.map(({ order, ok }) => [order, ok])).toEqual([
      ["a", false],
      ["b", true],
    ]);
  });

  it("groups refusals with the same reason", () => {
    const refused = (order: string, code: string): BulkOutcome => ({ order, ok: false, code, detail: `${code}!` });
    const outcomes = [
      refused("1", "unchanged"),
      refused("2", "final_status"),
      ...done(["3"]),
      refused("4", "final_status"),
    ];
    expect(groupRefusals(outcomes)).toEqual([
      { code: "final_status", detail: "final_status!", orders: ["2", "4"] },
      { code: "unchanged", detail: "unchanged!", orders: ["1"] },
    ]);
  });
});
