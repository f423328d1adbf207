import { describe, expect, it } from "vitest";

import { unwrapPolygon, unwrapRing, zoomShowingOutline, type Country, type Ring } from "./outlines";

/** The longest step between neighbors, in degrees of longitude. */
const longestStep = (ring: Ring) =>
  Math.max(...ring.slice(1).map(([longitude = 0], index) => Math.abs(longitude - (ring[index]?.[0] ?? 0))));

const chukotka: Ring = [
  [170, 65],
  [179, 69],
  [-179, 69],
  [-170, 66],
  [-179, 65],
  [170, 65],
];
const square = (west: number, east: number, south: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];

describe("an outline that crosses longitude 180", () => {
  it("goes on, and does not lead around the world", () => {
    expect(longestStep(chukotka)).toBeGreaterThan(300);
    const ring = unwrapRing(chukotka);
    expect(ring.map(([longitude]) => longitude)).toEqual([170, 179, 181, 190, 181, 170]);
    const west = chukotka.map(([longitude = 0, latitude = 0]) => [-longitude, latitude]);
    expect(unwrapRing(west).map(([longitude]) => longitude)).toEqual([-170, -179, -181, -190, -181, -170]);
  });

  it("is drawn on both sides of the map, with its lakes", () => {
    const lake = square(-176, -174, 66, 67);
    const [east, west, ...more] = unwrapPolygon([chukotka, lake]);
    expect(more).toEqual([]);
    expect(east?.[1]?.[0]).toEqual([184, 66]);
    expect(west?.[0]?.[3]).toEqual([-170, 66]);
    expect(west?.[1]?.[0]).toEqual([-176, 66]);
  });

  it("is closed at the pole when it goes around it", () => {
    const antarctica = [
      [-180, -84],
      [-60, -70],
      [60, -68],
      [179, -84],
      [-180, -84],
    ];
    const ring = unwrapRing(antarctica);
    expect(ring.slice(4)).toEqual([
      [180, -84],
      [180, -90],
      [-180, -90],
      [-180, -84],
    ]);
  });

  it("leaves other outlines as they are", () => {
    const germany = square(6, 15, 47, 55);
    expect(unwrapPolygon([germany])).toEqual([[germany]]);
    const toTheEdge = square(170, 180, 60, 70);
    expect(unwrapPolygon([toTheEdge])).toEqual([[toTheEdge]]);
  });
});

describe("how far the map can be zoomed in without tiles", () => {
  const country = (ring: Ring): Country[] => [{ name: "", polygons: [[ring]] }];

  it("depends on the distance to the next outline", () => {
    const coast = country(square(0, 20, 40, 60));
    const near = zoomShowingOutline({ latitude: 50, longitude: 0.5 }, coast, 150);
    const far = zoomShowingOutline({ latitude: 50, longitude: 10 }, coast, 150);
    expect(near).toBeGreaterThan(far);
    // At this zoom level the outline is within 150 pixels, and one level further it is not.
    const pixelsTo = (degrees: number, zoom: number) => (degrees / 360) * 256 * 2 ** zoom;
    expect(pixelsTo(0.5, near)).toBeLessThanOrEqual(150);
    expect(pixelsTo(0.5, near + 1)).toBeGreaterThan(150);
  });

  it("has a limit on an outline, and where there is none", () => {
    expect(zoomShowingOutline({ latitude: 50, longitude: 0 }, country(square(0, 20, 40, 60)), 150)).toBe(22);
    expect(zoomShowingOutline({ latitude: 50, longitude: 0 }, [], 150)).toBe(0);
  });
});
