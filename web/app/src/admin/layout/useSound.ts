import { useEffect, useRef, useState } from "react";

import { useLiveEvents } from "../data/live";
import { onPersistedChange, textPersistence } from "../../persistence";
import { createChime, createChimeFilter, type Chime } from "./sound";

const NAME = "new-order-sound";
const isMuted = () => textPersistence.read(NAME) === "muted";

/** Plays a chime for each new order unless muted. The setting is stored in this browser and shared between tabs. */
export function useSound(): { muted: boolean; setMuted: (muted: boolean) => void } {
  const [muted, setMuted] = useState(isMuted);
  const chime = useRef<Chime>(undefined);
  const [shouldChime] = useState(() => createChimeFilter());

  useEffect(() => {
    const made = createChime();
    chime.current = made;
    return () => made.close();
  }, []);
  useEffect(() => onPersistedChange(NAME, () => setMuted(isMuted())), []);
  useLiveEvents((event) => {
    if (event.kind === "order.created" && !event.listed && shouldChime(event) && !muted) chime.current?.play();
  });

  return {
    muted,
    setMuted(next) {
      setMuted(next);
      textPersistence.write(NAME, next ? "muted" : "on");
      // Turning the sound on plays it once.
      if (!next) chime.current?.play();
    },
  };
}
