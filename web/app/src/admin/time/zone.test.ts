import { describe, expect, it } from "vitest";
import { dateIn, hourIn, instantIn, midnight, wallClock } from "./zone";

const at = (text: string) => Date.parse(text);

describe("the store's clock (issue 4: expected delivery in the store's time zone)", () => {
  it("shows an instant as the store's wall clock does", () => {
    expect(wallClock("Europe/Berlin", at("2026-07-01T12:30:00Z"))).toBe("2026-07-01T14:30");
    expect(wallClock("Asia/Kolkata", at("2026-07-01T20:00:00Z"))).toBe("2026-07-02T01:30");
    expect(dateIn("America/New_York", at("2026-01-01T03:00:00Z"))).toBe("2025-12-31");
    expect(hourIn("Asia/Kolkata", at("2026-07-01T20:00:00Z"))).toBe(1);
  });

  it("finds the instant of a wall clock, in summer and in winter", () => {
    expect(instantIn("Europe/Berlin", "2026-07-01T14:30")).toBe(at("2026-07-01T12:30:00Z"));
    expect(instantIn("Europe/Berlin", "2026-12-01T14:30")).toBe(at("2026-12-01T13:30:00Z"));
    expect(instantIn("Europe/Berlin", "2026-12-01")).toBe(at("2026-11-30T23:00:00Z"));
  });

  it("comes back from every hour of a year, in zones with and without summer time", () => {
    for (const zone of ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"]) {
      for (let hour = 0; hour < 366 * 24; hour += 7) {
        const instant = at("2026-01-01T00:00:00Z") + hour * 3_600_000;
        const back = instantIn(zone, wallClock(zone, instant));
        // The hour that comes twice has one text and two instants: the first of them is meant.
        expect([instant, instant - 3_600_000, instant - 1_800_000]).toContain(back);
      }
    }
  });

  it("reads an hour that was skipped as the clock before it would", () => {
    expect(instantIn("Europe/Berlin", "2026-03-29T02:30")).toBe(at("2026-03-29T01:30:00Z"));
  });

  it("takes the first of an hour that comes twice", () => {
    expect(instantIn("Europe/Berlin", "2026-10-25T02:30")).toBe(at("2026-10-25T00:30:00Z"));
  });

  it("knows the midnights around a change of the clock", () => {
    const noon = at("2026-03-29T12:00:00Z");
    expect(midnight("Europe/Berlin", noon)).toBe(at("2026-03-28T23:00:00Z"));
    expect(midnight("Europe/Berlin", noon, 1)).toBe(at("2026-03-29T22:00:00Z"));
    expect(midnight("Europe/Berlin", noon, -1)).toBe(at("2026-03-27T23:00:00Z"));
  });

  it("refuses what is no time", () => {
    for (const text of ["", "tomorrow", "2026-02-30", "2026-13-01", "2026-01-01T25:00", "2026-01-01T10:60"]) {
      expect(instantIn("UTC", text)).toBeUndefined();
    }
  });
});
