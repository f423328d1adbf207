import { geoJSON, type Map, tileLayer } from "leaflet";
import outlines from "world-atlas/countries-50m.json?url";

import styles from "./LiveMap.module.css";

/** With streets underneath: near. */
export const STREETS = { near: 14, most: 18 } as const;
/** With outlines of countries alone: far enough away to recognise one. */
export const OVERVIEW = { near: 6, most: 9 } as const;
/** Where nobody said where to look. */
export const WORLD: { centre: [number, number]; zoom: number } = { centre: [30, 10], zoom: 2 };

/** Puts the ground under a map: the store's tiles, or the outlines that come with the app. Returns how to stop. */
export function addBase(map: Map, tiles: { url: string; attribution: string } | null): () => void {
  if (tiles) {
    // Tile servers want to know which site asks, and the page's own policy would not say so; the order's address stays here.
    const referrerPolicy = "strict-origin-when-cross-origin";
    tileLayer(tiles.url, {
      attribution: tiles.attribution,
      maxZoom: STREETS.most,
      referrerPolicy,
      className: styles.tiles ?? "",
    }).addTo(map);
    return () => undefined;
  }
  let stopped = false;
  map.attributionControl.addAttribution("Natural Earth");
  void Promise.all([fetch(outlines).then((answer) => answer.json()), import("topojson-client")])
    .then(([world, { feature }]) => {
      if (stopped) return;
      geoJSON(feature(world, world.objects.countries), {
        interactive: false,
        style: { className: styles.country ?? "" },
      }).addTo(map);
    })
    .catch(() => {
      // Offline, and never loaded before: the pin stands on plain ground.
    });
  return () => {
    stopped = true;
  };
}
