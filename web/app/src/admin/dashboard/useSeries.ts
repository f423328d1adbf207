import { type components, unwrap } from "@ordercast/client";
import { useNow, useOrdercast } from "@ordercast/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";

import { useConfig } from "../../api/config";
import { useLastKnown } from "../../offline/useLastKnown";
import { useLiveEvents, useResync } from "../data/live";
import { dateIn, midnight } from "../../time/zone";

/** Minimum time between two refetches, however busy the store is. */
const MIN_INTERVAL_MS = 2_500;

export type Series = components["schemas"]["Series"];

/**
 * Counts by hour or day since the store's midnight `days - 1` days ago; refetched after live events. If they cannot be loaded,
 * the last known counts, and `knownAt` is when these were current.
 */
export function useSeries(
  bucket: "hour" | "day",
  days: number,
): { series: Series | undefined; knownAt: number | undefined; error: unknown; load: () => void } {
  const { api } = useOrdercast();
  const { timeZone } = useConfig();
  // A new day begins a new series.
  const today = dateIn(timeZone, useNow());
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ["series", bucket, days, timeZone, today],
    queryFn: ({ signal }) => {
      const now = Date.now();
      const from = new Date(midnight(timeZone, now, 1 - days)).toISOString();
      const to = new Date(midnight(timeZone, now, 1)).toISOString();
      return unwrap(api.GET("/api/v1/stats/series", { params: { query: { bucket, from, to } }, signal }));
    },
    placeholderData: keepPreviousData,
  });
  useThrottledLiveEvents(refetch);
  useResync(() => void refetch());
  const hasFailed = error !== null;
  const isCurrent = data !== undefined && !isPlaceholderData && !hasFailed;
  const newest = useMemo(() => data && { days, today, series: data }, [data, days, today]);
  const stored = useLastKnown<{ days: number; today: string; series: Series }>(
    bucket === "hour" ? "console.hours" : "console.days",
    { current: isCurrent ? newest : undefined, hasFailed },
  );
  // Counts of another day or period would not match the title.
  const known = stored?.value.days === days && stored.value.today === today ? stored : undefined;
  const read = hasFailed && isPlaceholderData ? undefined : data;
  return {
    series: read ?? known?.value.series,
    knownAt: read ? undefined : known?.at,
    error,
    load: () => void refetch(),
  };
}

/** Calls back after live events, throttled. While the page is hidden it waits until the page is shown. */
function useThrottledLiveEvents(callback: () => unknown) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const missed = useRef(false);
  useEffect(() => {
    const onVisibilityChange = () => {
      if (document.hidden || !missed.current) return;
      missed.current = false;
      callback();
    };
    document.addEventListener("visibilitychange", onVisibilityChange);
    return () => {
      document.removeEventListener("visibilitychange", onVisibilityChange);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [callback]);
  useLiveEvents(({ kind }) => {
    if (kind === "delivery.located" || timer.current !== undefined) return;
    if (document.hidden) {
      missed.current = true;
      return;
    }
    timer.current = setTimeout(() => {
      timer.current = undefined;
      callback();
    }, MIN_INTERVAL_MS);
  });
}
