import { describe, expect, it } from "vitest";
import { dateIn, hourIn, instantAt, midnight, wallClock } from "./zone";

const at = (text: string) => Date.parse(text);

describe("the store's time zone", () => {
  it("converts an instant to wall-clock time", () => {
    expect(wallClock("Europe/Berlin", at("2026-07-01T12:30:00Z"))).toBe("2026-07-01T14:30");
    expect(wallClock("Asia/Kolkata", at("2026-07-01T20:00:00Z"))).toBe("2026-07-02T01:30");
    expect(dateIn("America/New_York", at("2026-01-01T03:00:00Z"))).toBe("2025-12-31");
    expect(hourIn("Asia/Kolkata", at("2026-07-01T20:00:00Z"))).toBe(1);
  });

  it("converts wall-clock time to an instant, in summer and in winter", () => {
    expect(instantAt("Europe/Berlin", "2026-07-01T14:30")).toBe(at("2026-07-01T12:30:00Z"));
    expect(instantAt("Europe/Berlin", "2026-12-01T14:30")).toBe(at("2026-12-01T13:30:00Z"));
    expect(instantAt("Europe/Berlin", "2026-12-01")).toBe(at("2026-11-30T23:00:00Z"));
  });

  it("round-trips every hour of a year, in zones with and without daylight saving time", () => {
    for (const zone of ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"]) {
      for (let hour = 0; hour < 366 * 24; hour += 7) {
        const instant = at("2026-01-01T00:00:00Z") + hour * 3_600_000;
        const back = instantAt(zone, wallClock(zone, instant));
        // An hour that occurs twice has one text and two instants; the first is expected.
        expect([instant, instant - 3_600_000, instant - 1_800_000]).toContain(back);
      }
    }
  });

  it("reads a skipped hour as if the clock had not been put forward", () => {
    expect(instantAt("Europe/Berlin", "2026-03-29T02:30")).toBe(at("2026-03-29T01:30:00Z"));
  });

  it("uses the first occurrence of a repeated hour", () => {
    expect(instantAt("Europe/Berlin", "2026-10-25T02:30")).toBe(at("2026-10-25T00:30:00Z"));
  });

  it("finds midnight around a clock change", () => {
    const noon = at("2026-03-29T12:00:00Z");
    expect(midnight("Europe/Berlin", noon)).toBe(at("2026-03-28T23:00:00Z"));
    expect(midnight("Europe/Berlin", noon, 1)).toBe(at("2026-03-29T22:00:00Z"));
    expect(midnight("Europe/Berlin", noon, -1)).toBe(at("2026-03-27T23:00:00Z"));
  });

  it("rejects invalid times", () => {
    for (const text of ["", "tomorrow", "2026-02-30", "2026-13-01", "2026-01-01T25:00", "2026-01-01T10:60"]) {
      expect(instantAt("UTC", text)).toBeUndefined();
    }
  });
});
