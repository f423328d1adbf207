import { useEffect, useRef, useState } from "react";

import { useLiveEvents } from "../data/live";
import { keep, kept, onKept } from "./kept";
import { createChime, createRinging, type Chime } from "./sound";

const KEY = "ordercast.new-order-sound";

/** A chime for each new order, unless it is muted; every tab follows, and so does the next visit (row A15). */
export function useSound(): { muted: boolean; setMuted: (muted: boolean) => void } {
  const [muted, setMuted] = useState(() => kept(KEY) === "muted");
  const chime = useRef<Chime>(undefined);
  const [rings] = useState(() => createRinging());

  useEffect(() => {
    const made = createChime();
    chime.current = made;
    return () => made.close();
  }, []);
  useEffect(() => onKept(KEY, (value) => setMuted(value === "muted")), []);
  useLiveEvents((event) => {
    if (event.kind === "order.created" && rings(event) && !muted) chime.current?.play();
  });

  return {
    muted,
    setMuted(next) {
      setMuted(next);
      keep(KEY, next ? "muted" : "on");
      // Whoever turns it on hears what it is.
      if (!next) chime.current?.play();
    },
  };
}
