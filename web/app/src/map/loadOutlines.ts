import countriesUrl from "world-atlas/countries-50m.json?url";

import { unwrapPolygon, type Country, type Polygon } from "./outlines";

let loading: Promise<Country[]> | undefined;

/** The outlines of all countries (Natural Earth), loaded once. Rejects offline when they are not cached. */
export function loadOutlines(): Promise<Country[]> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Country[]> {
  const [world, { feature }] = await Promise.all([
    fetch(countriesUrl).then((response) => response.json()),
    import("topojson-client"),
  ]);
  const { features } = feature(world, world.objects.countries) as unknown as GeoJSON.FeatureCollection;
  return features.map(({ geometry, properties }) => ({
    name: String(properties?.["name"] ?? ""),
    polygons: polygonsOf(geometry).flatMap(unwrapPolygon),
  }));
}

function polygonsOf(geometry: GeoJSON.Geometry | null): Polygon[] {
  if (geometry?.type === "Polygon") return [geometry.coordinates];
  return geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
}
