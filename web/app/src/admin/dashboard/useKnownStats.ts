import { useNow, useOrderStats } from "@ordercast/react";
import { useMemo } from "react";

import { useConfig } from "../../api/config";
import { useLastKnown } from "../../offline/useLastKnown";
import { dateIn } from "../../time/zone";
import type { Stats } from "../data/types";

export interface KnownStats {
  stats: Stats | undefined;
  /** When the counts were current, if they are the last known counts. */
  knownAt: number | undefined;
  hasFailed: boolean;
}

/** The store's live counts, or the last known counts of today if the live counts cannot be loaded. */
export function useKnownStats(): KnownStats {
  const { stats, error } = useOrderStats();
  const { timeZone } = useConfig();
  const today = dateIn(timeZone, useNow());
  const hasFailed = error !== null;
  const newest = useMemo(() => stats && { today, stats }, [stats, today]);
  const known = useLastKnown<{ today: string; stats: Stats }>("console.stats", {
    current: (!hasFailed && newest) || undefined,
    hasFailed,
  });
  // Counts of another day would be wrong under "Orders today".
  const usable = stats === null && known?.value.today === today ? known : undefined;
  return { stats: stats ?? usable?.value.stats, knownAt: usable?.at, hasFailed };
}
