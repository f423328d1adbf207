import { divIcon, marker } from "leaflet";

import styles from "./LiveMap.module.css";

/** A pulsing dot. */
export function pin() {
  const html = `<span class="${styles.halo}"></span><span class="${styles.dot}"></span>`;
  return marker([0, 0], {
    icon: divIcon({ className: styles.pin ?? "", html, iconSize: [28, 28] }),
    keyboard: false,
    interactive: false,
  });
}
