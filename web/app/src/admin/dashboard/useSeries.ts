import { type components, unwrap } from "@ordercast/client";
import { useOrdercast } from "@ordercast/react";
import { useEffect, useRef } from "react";

import { useConfig } from "../../api/config";
import { useNow } from "../../ui";
import { useLiveEvents } from "../data/live";
import { useRead } from "../data/useRead";
import { dateIn, midnight } from "../time/zone";

/** The charts are read again so often at most, however busy the shop is. */
const REST_MS = 2_500;

export type Series = components["schemas"]["Series"];

/** Counts by hour or day, since the store's midnight some days ago; read again when something happens. */
export function useSeries(bucket: "hour" | "day", days: number): { series: Series | undefined; error: unknown } {
  const { api } = useOrdercast();
  const { timeZone } = useConfig();
  // A new day begins new charts.
  const today = dateIn(timeZone, useNow());
  const { data, error, again } = useRead(`${bucket} ${days} ${timeZone} ${today}`, (signal) => {
    const now = Date.now();
    const from = new Date(midnight(timeZone, now, 1 - days)).toISOString();
    const to = new Date(midnight(timeZone, now, 1)).toISOString();
    return unwrap(api.GET("/api/v1/stats/series", { params: { query: { bucket, from, to } }, signal }));
  });
  useCalmly(again);
  return { series: data, error };
}

/** Calls after live events, with a rest between two calls, and only while somebody looks. */
function useCalmly(call: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const missed = useRef(false);
  useEffect(() => {
    const look = () => {
      if (document.hidden || !missed.current) return;
      missed.current = false;
      call();
    };
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      clearTimeout(timer.current);
    };
  }, [call]);
  useLiveEvents(({ kind }) => {
    if (kind === "delivery.located" || timer.current !== undefined) return;
    if (document.hidden) {
      missed.current = true;
      return;
    }
    timer.current = setTimeout(() => {
      timer.current = undefined;
      call();
    }, REST_MS);
  });
}
