import { useEffect, useRef, useState } from "react";

import { useLiveEvents } from "../data/live";
import { persist, readPersisted, onPersistedChange } from "./persistence";
import { createChime, createChimeFilter, type Chime } from "./sound";

const KEY = "ordercast.new-order-sound";

/** Plays a chime for each new order unless muted. The setting is stored in this browser and shared between tabs. */
export function useSound(): { muted: boolean; setMuted: (muted: boolean) => void } {
  const [muted, setMuted] = useState(() => readPersisted(KEY) === "muted");
  const chime = useRef<Chime>(undefined);
  const [shouldChime] = useState(() => createChimeFilter());

  useEffect(() => {
    const made = createChime();
    chime.current = made;
    return () => made.close();
  }, []);
  useEffect(() => onPersistedChange(KEY, (value) => setMuted(value === "muted")), []);
  useLiveEvents((event) => {
    if (event.kind === "order.created" && shouldChime(event) && !muted) chime.current?.play();
  });

  return {
    muted,
    setMuted(next) {
      setMuted(next);
      persist(KEY, next ? "muted" : "on");
      // Turning the sound on plays it once.
      if (!next) chime.current?.play();
    },
  };
}
