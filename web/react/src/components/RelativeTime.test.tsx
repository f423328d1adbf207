import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { formatRelativeTime, RelativeTime } from "./RelativeTime.js";

describe("relative times", () => {
  test("use the largest unit that fits", () => {
    const now = Date.parse("2030-06-15T12:00:00Z");
    const textAfter = (ms: number) => formatRelativeTime(now + ms, now, "en");
    const minute = 60_000;
    expect(
      [0, -59_000, -minute, -90 * minute, -25 * 60 * minute, -47 * 60 * minute, -8 * 24 * 60 * minute, 3 * minute].map(
        textAfter,
      ),
    ).toEqual(["now", "now", "1 minute ago", "1 hour ago", "yesterday", "2 days ago", "last week", "in 3 minutes"]);
  });

  beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2030-06-15T12:00:00Z") }));
  afterEach(() => void vi.useRealTimers());

  test("update themselves", () => {
    render(<RelativeTime at="2030-06-15T12:00:00Z" locale="en" />);
    expect(screen.getByText("now").getAttribute("datetime")).toBe("2030-06-15T12:00:00Z");
    act(() => void vi.advanceTimersByTime(75_000));
    screen.getByText("1 minute ago");
  });
});
