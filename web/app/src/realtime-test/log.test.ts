import { describe, expect, it } from "vitest";
import { summarizePayload, logReducer, EMPTY_LOG, shownEntries, type Log } from "./log";

const message = (name: string, payload: unknown = {}) => ({
  name,
  payload,
  transport: "socket" as const,
  receivedAt: 1,
});
const after = (...names: string[]): Log =>
  logReducer(EMPTY_LOG, { type: "arrived", messages: names.map((name) => message(name)) });

describe("the event log", () => {
  it("is newest first, and every entry has its own id", () => {
    const log = logReducer(after("a", "b"), { type: "arrived", messages: [message("c")] });
    expect(log.entries.map(({ id, name }) => [id, name])).toEqual([
      [3, "c"],
      [2, "b"],
      [1, "a"],
    ]);
  });

  it("is bounded", () => {
    const log = logReducer(EMPTY_LOG, {
      type: "arrived",
      messages: Array.from({ length: 1_000 }, (_, at) => message(String(at))),
    });
    expect(log.entries).toHaveLength(300);
    expect(log.entries[0]?.name).toBe("999");
  });

  it("counts while paused", () => {
    const resting = logReducer(logReducer(after("a"), { type: "pause", paused: true }), {
      type: "arrived",
      messages: [message("b"), message("c")],
    });
    expect(resting).toMatchObject({ missed: 2, entries: [{ name: "a" }] });
    expect(logReducer(resting, { type: "pause", paused: false }).missed).toBe(0);
    expect(logReducer(resting, { type: "clear" }).entries).toEqual([]);
  });

  it("hides background events unless asked", () => {
    const { entries } = after("heartbeat", "order:updated", "stats:updated");
    expect(shownEntries(entries, "", false).map(({ name }) => name)).toEqual(["order:updated"]);
    expect(shownEntries(entries, "", true)).toHaveLength(3);
    expect(shownEntries(entries, "BEAT", true).map(({ name }) => name)).toEqual(["heartbeat"]);
  });

  it("searches payloads", () => {
    const { entries } = logReducer(EMPTY_LOG, {
      type: "arrived",
      messages: [message("a", { orderNumber: "10231" }), message("b", undefined)],
    });
    expect(shownEntries(entries, "10231", false).map(({ name }) => name)).toEqual(["a"]);
  });

  it("summarizes a payload in one line", () => {
    expect(summarizePayload({ orderNumber: "10231", status: "shipped", kind: "order.status_changed" })).toBe(
      "#10231 · order.status_changed · shipped",
    );
    expect(summarizePayload({ message: "Connected to real-time service", role: "admin" })).toBe(
      "Connected to real-time service",
    );
    expect(summarizePayload("text")).toBe("text");
    expect(summarizePayload(undefined)).toBe("");
  });
});
