import "leaflet/dist/leaflet.css";

import {
  Browser,
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
  fallbackCenter?: GeoPoint;
  /** Called with a location chosen by a click, or by Enter at the center. */
  onPick?: (location: GeoPoint) => void;
}

const SLIDE_MS = 1200;

/** A map with one pin that slides to its next location. Imports Leaflet: load it lazily. */
export default function LiveMap({ label, location, fallbackCenter, onPick }: LiveMapProps) {
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map>();
  const { tiles } = useConfig();
  const canPick = onPick !== undefined;
  const pick = useEffectEvent((location: GeoPoint) => onPick?.(location));
  const setInitialView = useEffectEvent((map: Map) => {
    const start = location ?? fallbackCenter;
    const { zoom } = tiles ? STREETS : OVERVIEW;
    if (start) map.setView([start.latitude, start.longitude], zoom);
    else map.setView(WORLD.center, WORLD.zoom);
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

  return <div ref={element} className={styles.map} role="application" aria-label={label} aria-roledescription="map" />;
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
