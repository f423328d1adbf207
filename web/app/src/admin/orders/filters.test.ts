import { describe, expect, it } from "vitest";
import { NO_FILTERS, boundsOf, formatFilters, isFiltered, listFilterOf, parseFilters } from "./filters";

const now = Date.parse("2026-11-21T10:00:00Z");
const parse = (text: string) => parseFilters(new URLSearchParams(text));

describe("the filters in the address", () => {
  it("are absent for the unfiltered table", () => {
    expect(parse("")).toEqual(NO_FILTERS);
    expect(formatFilters(NO_FILTERS).toString()).toBe("");
    expect(isFiltered(NO_FILTERS)).toBe(false);
  });

  it.each([
    "status=pending%2Cshipped",
    "q=asha+rao&sort=oldest",
    "period=today",
    "status=paid&q=10231&period=custom&first=2026-11-01&last=2026-11-21&sort=total-high",
    "period=custom&last=2026-11-21",
  ])("survive a round trip: %s", (address) => {
    expect(formatFilters(parse(address)).toString()).toBe(address);
  });

  it("ignore invalid values", () => {
    expect(parse("status=lost,shipped,shipped&period=aeon&sort=beauty&q=++x++")).toEqual({
      ...NO_FILTERS,
      statuses: ["shipped"],
      text: "x",
    });
    expect(parse("period=custom&first=2026-02-31&last=yesterday")).toEqual({ ...NO_FILTERS, period: "custom" });
    expect(parse(`q=${"x".repeat(300)}`).text).toHaveLength(100);
  });

  it("treat all statuses like none", () => {
    const all = parse("status=pending,processing,shipped,paid,delivered,cancelled");
    expect(formatFilters(all).toString()).toBe("");
  });
});

describe("periods use the store's days", () => {
  it("today begins at the store's midnight", () => {
    expect(boundsOf(parse("period=today"), now, "Asia/Kolkata")).toEqual({ from: Date.parse("2026-11-20T18:30:00Z") });
  });

  it("the last seven days include today", () => {
    expect(boundsOf(parse("period=7d"), now, "UTC")).toEqual({ from: Date.parse("2026-11-15T00:00:00Z") });
  });

  it("a custom period includes its whole last day", () => {
    const bounds = boundsOf(parse("period=custom&first=2026-11-01&last=2026-11-02"), now, "Europe/Berlin");
    expect(bounds).toEqual({ from: Date.parse("2026-10-31T23:00:00Z"), to: Date.parse("2026-11-02T23:00:00Z") });
  });

  it("the client's list has the same filters", () => {
    const filters = parse("status=pending,paid&q=asha&period=24h");
    expect(listFilterOf(filters, now, "UTC")).toEqual({
      status: ["pending", "paid"],
      q: "asha",
      from: "2026-11-20T10:00:00.000Z",
    });
    expect(listFilterOf(NO_FILTERS, now, "UTC")).toEqual({});
  });
});
