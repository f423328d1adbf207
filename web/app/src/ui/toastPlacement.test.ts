import { describe, expect, it } from "vitest";

import { placeToasts, type Box, type Obstacle } from "./toastPlacement";

const area: Box = { left: 16, top: 16, width: 1248, height: 768 };
const size = { width: 384, height: 120 };
const control = (left: number, top: number, width: number, height: number): Obstacle => ({
  left,
  top,
  width,
  height,
  isDialog: false,
});
const covers = (a: Box, b: Box) =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

describe("toasts", () => {
  it("are in the corner where it is free", () => {
    expect(placeToasts(area, size, [])).toEqual({ left: 880, top: 664, ...size });
  });

  it("leave buttons at the edge of a table free", () => {
    const steps = Array.from({ length: 14 }, (_, row) => control(1150, 40 + row * 56, 90, 32));
    const boxes = Array.from({ length: 14 }, (_, row) => control(240, 40 + row * 56, 32, 32));
    const place = placeToasts(area, size, [...steps, ...boxes]);
    expect([...steps, ...boxes].some((each) => covers(place, each))).toBe(false);
    expect(place.top).toBe(664);
  });

  it("are beside a dialog", () => {
    const dialog: Obstacle = { left: 416, top: 200, width: 448, height: 500, isDialog: true };
    expect(covers(placeToasts(area, size, [dialog]), dialog)).toBe(false);
    const phone = { left: 12, top: 12, width: 366, height: 820 };
    const sheet: Obstacle = { left: 0, top: 400, width: 390, height: 444, isDialog: true };
    expect(covers(placeToasts(phone, { width: 366, height: 120 }, [sheet]), sheet)).toBe(false);
  });

  it("cover the least where everything is full", () => {
    const sheet: Obstacle = { left: 0, top: 0, width: 1280, height: 640, isDialog: true };
    const place = placeToasts(area, size, [sheet, control(900, 700, 100, 40)]);
    expect(covers(place, sheet)).toBe(false);
    expect(placeToasts({ ...area, height: 60 }, size, [])).toMatchObject({ left: 880, top: 16 });
  });
});
