import "leaflet/dist/leaflet.css";

import {
  Browser,
  latLngBounds,
  map as createMap,
  type LeafletKeyboardEvent,
  type LeafletMouseEvent,
  type Map,
  type Marker,
} from "leaflet";
import { useEffect, useEffectEvent, useRef, useState } from "react";

import { useConfig } from "../api/config";
import { addBaseLayer, OVERVIEW, STREETS, WORLD } from "./baseLayer";
import styles from "./LiveMap.module.css";
import { loadOutlines } from "./loadOutlines";
import { zoomShowingOutline } from "./outlines";
import { pin } from "./pin";

export interface GeoPoint {
  latitude: number;
  longitude: number;
}

export interface LiveMapProps {
  /** Accessible name of the map. */
  label: string;
  location: GeoPoint | undefined;
  /** The center while there is no location. */
  fallbackCenter?: GeoPoint | undefined;
  /** The country to show while there is neither, by its English name. */
  fallbackCountry?: string | undefined;
  /** Called with a location chosen by a click, or by Enter at the center. */
  onPick?: (location: GeoPoint) => void;
}

const SLIDE_MS = 1200;

/** A map with one pin that slides to its next location. Imports Leaflet: load it lazily. */
export default function LiveMap({ label, location, fallbackCenter, fallbackCountry, onPick }: LiveMapProps) {
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map>();
  const { tiles } = useConfig();
  const canPick = onPick !== undefined;
  const pick = useEffectEvent((location: GeoPoint) => onPick?.(location));
  const setInitialView = useEffectEvent((map: Map) => {
    const start = location ?? fallbackCenter;
    const { zoom } = tiles ? STREETS : OVERVIEW;
    map.setView(start ? [start.latitude, start.longitude] : WORLD.center, start ? zoom : WORLD.zoom);
    if (!start && fallbackCountry) showCountry(map, fallbackCountry);
  });

  useEffect(() => {
    if (!element.current) return;
    const map = createMap(element.current, {
      minZoom: 2,
      maxZoom: (tiles ? STREETS : OVERVIEW).maxZoom,
      // Do not capture the wheel or a one-finger drag, which scroll the page.
      scrollWheelZoom: canPick,
      dragging: canPick || !Browser.mobile,
      worldCopyJump: true,
      // Leaflet ends the animation with a timer, which throws when the map was removed meanwhile.
      zoomAnimation: false,
    });
    map.attributionControl.setPrefix(false);
    map.zoomControl.setPosition("bottomright");
    setInitialView(map);
    const stop = addBaseLayer(map, tiles);
    if (canPick) {
      const choose = ({ lat, lng }: { lat: number; lng: number }) =>
        pick({ latitude: round(lat), longitude: round(((((lng + 180) % 360) + 360) % 360) - 180) });
      map.on("click", (event: LeafletMouseEvent) => choose(event.latlng));
      map.on("keypress", ({ originalEvent }: LeafletKeyboardEvent) => {
        if (originalEvent.key === "Enter" && originalEvent.target === map.getContainer()) choose(map.getCenter());
      });
    }
    const resized = new ResizeObserver(() => map.invalidateSize());
    resized.observe(element.current);
    setMap(map);
    return () => {
      setMap(undefined);
      resized.disconnect();
      stop();
      map.remove();
    };
  }, [tiles, canPick]);

  usePin(map, location?.latitude, location?.longitude);
  useZoomLimit(tiles ? undefined : map, location?.latitude, location?.longitude);

  return <div ref={element} className={styles.map} role="application" aria-label={label} aria-roledescription="map" />;
}

/** Shows a whole country, unless the map was moved meanwhile. */
function showCountry(map: Map, name: string) {
  let isUntouched = true;
  map.once("movestart remove", () => (isUntouched = false));
  loadOutlines().then(
    (countries) => {
      const corners = countries
        .find((country) => `${country.name} `.startsWith(`${name} `))
        ?.polygons.map(([border = []]) => border);
      // The largest part of the country: islands overseas would make the section too large.
      const main = corners?.reduce((most, each) => (each.length > most.length ? each : most));
      if (isUntouched && main)
        map.fitBounds(latLngBounds(main.map(([longitude = 0, latitude = 0]) => [latitude, longitude])));
    },
    // Offline and not cached: the map shows the world.
    () => undefined,
  );
}

/** Without tiles, limits the zoom so that an outline is always in sight of the pin. */
function useZoomLimit(map: Map | undefined, latitude: number | undefined, longitude: number | undefined) {
  useEffect(() => {
    if (!map) return;
    let isCurrent = true;
    loadOutlines().then(
      (countries) => {
        if (!isCurrent) return;
        const center = map.getCenter();
        const point = { latitude: latitude ?? center.lat, longitude: longitude ?? center.lng };
        const { x, y } = map.getSize();
        const zoom = zoomShowingOutline(point, countries, Math.min(x, y) / 2);
        map.setMaxZoom(Math.max(map.getMinZoom(), Math.min(OVERVIEW.maxZoom, zoom)));
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [map, latitude, longitude]);
}

/** Keeps the pin at the location. */
function usePin(map: Map | undefined, latitude: number | undefined, longitude: number | undefined) {
  const shown = useRef<{ map: Map; marker: Marker }>(undefined);
  useEffect(() => {
    if (!map) return;
    if (latitude === undefined || longitude === undefined) {
      shown.current?.marker.remove();
      shown.current = undefined;
      return;
    }
    const at: [number, number] = [latitude, longitude];
    if (shown.current?.map !== map) {
      shown.current = { map, marker: pin().setLatLng(at).addTo(map) };
      map.panTo(at, { animate: false });
      return;
    }
    const { marker } = shown.current;
    const icon = marker.getElement();
    const sliding = styles.sliding ?? "";
    icon?.classList.add(sliding);
    const settled = setTimeout(() => icon?.classList.remove(sliding), SLIDE_MS);
    marker.setLatLng(at);
    map.panTo(at, { animate: true, duration: SLIDE_MS / 1000 });
    return () => clearTimeout(settled);
  }, [map, latitude, longitude]);
}

/** Six decimal places, about 10 cm. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
