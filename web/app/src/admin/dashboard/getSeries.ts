import { request } from "../../api/http";
import type { SeriesPoint } from "./series";
import type { TopProduct } from "./TopProducts";

export interface Series {
  points: SeriesPoint[];
  /** Seconds from order to door. */
  deliveryTime: { median: number; p90: number } | null;
  topProducts: TopProduct[];
}

export async function getSeries(query: { bucket: "hour" | "day"; from: string; to: string }, signal: AbortSignal): Promise<Series> {
  return request<Series>("GET", `/api/v1/stats/series?${new URLSearchParams(query)}`, { signal });
}
