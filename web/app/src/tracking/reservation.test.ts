import { expect, it } from "vitest";

import { timesIn } from "../time/times";
import { reservationNote } from "./reservation";

const times = timesIn("Europe/Berlin", "Europe/Berlin");
const until = "2026-11-21T22:17:00.000Z";
const note = (reservedUntil: string | undefined, now: string) =>
  reservationNote(
    { method: "online", status: "pending", ...(reservedUntil && { reservedUntil }) },
    Date.parse(now),
    times,
  );

it("promises what the server holds, and never that the order is cancelled", () => {
  expect(note(until, "2026-11-21T22:05:00Z")).toBe(
    "The items are reserved for you until 23:17. After that they may sell out, and you can still pay.",
  );
  expect(note("2026-11-21T23:10:00.000Z", "2026-11-21T22:55:00Z")).toContain("until 22 Nov, 00:10.");
  for (const [reserved, now] of [
    [until, "2026-11-21T22:17:00Z"],
    [undefined, "2026-11-21T22:05:00Z"],
  ] as const)
    expect(note(reserved, now)).toBe("The items are no longer reserved for you and may sell out. You can still pay.");
});
