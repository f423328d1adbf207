// Country outlines as the map can draw them: no line leads around the world at the antimeridian (longitude 180).

/** Longitude and latitude in degrees. */
export type Position = number[];
export type Ring = Position[];
export type Polygon = Ring[];

export interface Country {
  /** In English, such as "Germany". */
  name: string;
  polygons: Polygon[];
}

const FULL_TURN = 360;
const MAX_ZOOM = 22;
const TILE_PIXELS = 256;

const longitudeOf = (position: Position | undefined) => position?.[0] ?? 0;
const latitudeOf = (position: Position | undefined) => position?.[1] ?? 0;
const shift = (ring: Ring, by: number): Ring => ring.map(([longitude = 0, latitude = 0]) => [longitude + by, latitude]);

/**
 * Continues a ring beyond longitude 180 instead of jumping to -180. A ring around a pole, which has no end, is closed at
 * the pole.
 */
export function unwrapRing(ring: Ring): Ring {
  let turns = 0;
  const unwrapped = ring.map((position, index) => {
    const step = index === 0 ? 0 : longitudeOf(position) - longitudeOf(ring[index - 1]);
    if (step > FULL_TURN / 2) turns -= 1;
    else if (step < -FULL_TURN / 2) turns += 1;
    return [longitudeOf(position) + turns * FULL_TURN, latitudeOf(position)];
  });
  const [first, last] = [unwrapped[0], unwrapped.at(-1)];
  if (!first || !last || Math.abs(longitudeOf(last) - longitudeOf(first)) < FULL_TURN / 2) return unwrapped;
  const pole = latitudeOf(first) < 0 ? -90 : 90;
  return [...unwrapped, [longitudeOf(last), pole], [longitudeOf(first), pole], first];
}

function rangeOf(ring: Ring): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const position of ring) {
    least = Math.min(least, longitudeOf(position));
    most = Math.max(most, longitudeOf(position));
  }
  return [least, most];
}

/** The polygon without jumps, and a copy on the other side of the map when it crosses longitude 180. */
export function unwrapPolygon([outer = [], ...holes]: Polygon): Polygon[] {
  const border = unwrapRing(outer);
  const [least, most] = rangeOf(border);
  const unwrapped = [
    border,
    ...holes.map((hole) => {
      const ring = unwrapRing(hole);
      const [from, to] = rangeOf(ring);
      return to < least ? shift(ring, FULL_TURN) : from > most ? shift(ring, -FULL_TURN) : ring;
    }),
  ];
  const copies = [...(most > FULL_TURN / 2 ? [-FULL_TURN] : []), ...(least < -FULL_TURN / 2 ? [FULL_TURN] : [])].map(
    (by) => unwrapped.map((ring) => shift(ring, by)),
  );
  return [unwrapped, ...copies];
}

/** Web Mercator: the world is a square of side 1. */
function project(longitude: number, latitude: number): [number, number] {
  const sine = Math.sin((Math.max(-85, Math.min(85, latitude)) * Math.PI) / 180);
  return [longitude / FULL_TURN + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

function distanceToSegment([x, y]: [number, number], [ax, ay]: [number, number], [bx, by]: [number, number]): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** The largest zoom level at which an outline is within `pixels` of the point: further in, the map would be blank. */
export function zoomShowingOutline(
  point: { latitude: number; longitude: number },
  countries: readonly Country[],
  pixels: number,
): number {
  const at = project(point.longitude, point.latitude);
  let nearest = Infinity;
  for (const ring of countries.flatMap(({ polygons }) => polygons.flat())) {
    let before: [number, number] | undefined;
    for (const position of ring) {
      const next = project(longitudeOf(position), latitudeOf(position));
      if (before) nearest = Math.min(nearest, distanceToSegment(at, before, next));
      before = next;
    }
  }
  return Math.max(0, Math.min(MAX_ZOOM, Math.floor(Math.log2(pixels / (TILE_PIXELS * nearest)))));
}
