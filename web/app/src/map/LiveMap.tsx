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
import { addBase, OVERVIEW, STREETS, WORLD } from "./base";
import styles from "./LiveMap.module.css";
import { pin } from "./pin";

export interface Place {
  latitude: number;
  longitude: number;
}

export interface LiveMapProps {
  /** What it shows, for those who do not see it. */
  label: string;
  place: Place | undefined;
  /** Where it looks while there is no place. */
  otherwise?: Place;
  /** Choosing a place, by a click or by Enter over the middle. */
  onPick?: (place: Place) => void;
}

const SLIDE = 1200;

/** A map with one pin, which slides to where it is next. Loads with Leaflet: import it lazily. */
export default function LiveMap({ label, place, otherwise, onPick }: LiveMapProps) {
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<Map>();
  const { tiles } = useConfig();
  const picks = onPick !== undefined;
  const pick = useEffectEvent((place: Place) => onPick?.(place));
  const look = useEffectEvent((map: Map) => {
    const start = place ?? otherwise;
    const { near } = tiles ? STREETS : OVERVIEW;
    if (start) map.setView([start.latitude, start.longitude], near);
    else map.setView(WORLD.centre, WORLD.zoom);
  });

  useEffect(() => {
    if (!element.current) return;
    const map = createMap(element.current, {
      minZoom: 2,
      maxZoom: (tiles ? STREETS : OVERVIEW).most,
      // A finger that scrolls the page, or a wheel, is not meant for the map; two fingers and the buttons are.
      scrollWheelZoom: picks,
      dragging: picks || !Browser.mobile,
      worldCopyJump: true,
    });
    map.attributionControl.setPrefix(false);
    map.zoomControl.setPosition("bottomright");
    look(map);
    const stop = addBase(map, tiles);
    if (picks) {
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
  }, [tiles, picks]);

  usePin(map, place?.latitude, place?.longitude);

  return <div ref={element} className={styles.map} role="application" aria-label={label} aria-roledescription="map" />;
}

/** Keeps a pin on a map where it is to be. */
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
    const settled = setTimeout(() => icon?.classList.remove(sliding), SLIDE);
    marker.setLatLng(at);
    map.panTo(at, { animate: true, duration: SLIDE / 1000 });
    return () => clearTimeout(settled);
  }, [map, latitude, longitude]);
}

/** To about ten centimetres: more is noise. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
