import "leaflet/dist/leaflet.css";

import { Browser, type LeafletMouseEvent, map as createMap, type Map, type Marker, type LatLngExpression } from "leaflet";
import { useEffect, useEffectEvent, useRef } from "react";

import { useConfig } from "../api/config";
import { addBase, OVERVIEW, STREETS } from "./base";
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
  const shown = useRef<{ map: Map; marker: Marker | undefined }>(undefined);
  const { tiles } = useConfig();
  const zoom = tiles ? STREETS : OVERVIEW;
  const picks = onPick !== undefined;
  const pick = useEffectEvent((place: Place) => onPick?.(place));
  const start = useEffectEvent(() => latLng(place ?? otherwise ?? { latitude: 48, longitude: 9 }));
  const known = place !== undefined || otherwise !== undefined;

  useEffect(() => {
    if (!element.current) return;
    const map = createMap(element.current, {
      center: start(),
      zoom: known ? zoom.start : 3,
      minZoom: 2,
      maxZoom: zoom.most,
      // A finger that scrolls the page, or a wheel, is not meant for the map; two fingers and the buttons are.
      scrollWheelZoom: picks,
      dragging: picks || !Browser.mobile,
      worldCopyJump: true,
    });
    map.attributionControl.setPrefix(false);
    map.zoomControl.setPosition("bottomright");
    const stop = addBase(map, tiles);
    if (picks) {
      const choose = ({ lat, lng }: { lat: number; lng: number }) => pick({ latitude: round(lat), longitude: round(((((lng + 180) % 360) + 360) % 360) - 180) });
      map.on("click", (event: LeafletMouseEvent) => choose(event.latlng));
      map.on("keypress", ({ originalEvent }) => {
        if (originalEvent.key === "Enter" && originalEvent.target === map.getContainer()) choose(map.getCenter());
      });
    }
    shown.current = { map, marker: undefined };
    const resized = new ResizeObserver(() => map.invalidateSize());
    resized.observe(element.current);
    return () => {
      resized.disconnect();
      stop();
      map.remove();
      shown.current = undefined;
    };
  }, [tiles, zoom, picks, known]);

  useEffect(() => {
    const now = shown.current;
    if (!now) return;
    if (!place) {
      now.marker?.remove();
      now.marker = undefined;
      return;
    }
    const at = latLng(place);
    if (!now.marker) {
      now.marker = pin().addTo(now.map).setLatLng(at);
      return;
    }
    const icon = now.marker.getElement();
    icon?.classList.add(styles.sliding ?? "");
    const settled = setTimeout(() => icon?.classList.remove(styles.sliding ?? ""), SLIDE);
    now.marker.setLatLng(at);
    now.map.panTo(at, { animate: true, duration: SLIDE / 1000 });
    return () => clearTimeout(settled);
  }, [place?.latitude, place?.longitude, tiles, zoom, picks, known]);

  return <div ref={element} className={styles.map} role="application" aria-label={label} aria-roledescription="map" />;
}

function latLng({ latitude, longitude }: Place): LatLngExpression {
  return [latitude, longitude];
}

/** To about ten centimetres: more is noise. */
function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
