import { type components, unwrap } from "@ordercast/client";
import { useNow, useOrdercast } from "@ordercast/react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useConfig } from "../../api/config";
import { useLiveEvents, useResync } from "../data/live";
import { dateIn, midnight } from "../../time/zone";

/** Minimum time between two refetches, however busy the store is. */
const MIN_INTERVAL_MS = 2_500;

export type Series = components["schemas"]["Series"];

/** Counts by hour or day since the store's midnight `days - 1` days ago; refetched after live events. */
export function useSeries(bucket: "hour" | "day", days: number): { series: Series | undefined; error: unknown } {
  const { api } = useOrdercast();
  const { timeZone } = useConfig();
  // A new day begins a new series.
  const today = dateIn(timeZone, useNow());
  const { data, error, refetch } = useQuery({
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
  return { series: data, error };
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
