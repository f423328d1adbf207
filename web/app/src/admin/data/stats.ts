import { useEffect, useState } from "react";
import { getStats } from "./api";
import { onStats } from "./live";
import type { Stats } from "./types";

/** The store's counts, live. */
export function useStats(): Stats | undefined {
  const [stats, setStats] = useState<Stats>();
  useEffect(() => {
    void getStats().then(setStats, () => undefined);
    return onStats(setStats);
  }, []);
  return stats;
}
