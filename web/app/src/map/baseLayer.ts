import { geoJSON, type Map, tileLayer } from "leaflet";

import styles from "./LiveMap.module.css";
import { loadOutlines } from "./loadOutlines";

/** Zoom levels with a street map. */
export const STREETS = { zoom: 14, maxZoom: 18 } as const;
/** Zoom levels with country outlines only. */
export const OVERVIEW = { zoom: 6, maxZoom: 9 } as const;
/** The initial view without a location. */
export const WORLD: { center: [number, number]; zoom: number } = { center: [30, 10], zoom: 2 };

/** Adds the base layer: the store's tiles, or bundled country outlines. Returns a function that stops loading. */
export function addBaseLayer(map: Map, tiles: { url: string; attribution: string } | null): () => void {
  if (tiles) {
    // Tile servers require a referrer, which the page's policy suppresses. Only the origin is sent, not the order's
    // address.
    const referrerPolicy = "strict-origin-when-cross-origin";
    tileLayer(tiles.url, {
      attribution: tiles.attribution,
      maxZoom: STREETS.maxZoom,
      referrerPolicy,
      className: styles.tiles ?? "",
    }).addTo(map);
    return () => undefined;
  }
  let removed = false;
  map.attributionControl.addAttribution("Natural Earth");
  void loadOutlines()
    .then((countries) => {
      if (removed) return;
      const land: GeoJSON.MultiPolygon = {
        type: "MultiPolygon",
        coordinates: countries.flatMap(({ polygons }) => polygons),
      };
      geoJSON(land, { interactive: false, style: { className: styles.country ?? "" } }).addTo(map);
    })
    .catch(() => {
      // Offline and not cached: the pin is shown without a base layer.
    });
  return () => {
    removed = true;
  };
}
