// The table's filters. They live only in the page's address, so that a reload, the back button and a shared link show
// the same orders.

import { STATUSES, type OrderFilter, type OrderSort } from "@ordercast/client";

import { instantAt, midnight } from "../../time/zone";
import { isStatus, type Status } from "./status";

export const PERIODS = ["any", "today", "24h", "7d", "30d", "custom"] as const;
export type Period = (typeof PERIODS)[number];

export const SORTS = ["newest", "oldest", "total-high", "total-low", "changed"] as const satisfies readonly OrderSort[];
export type Sort = OrderSort;

export interface OrderFilters {
  /** Empty means every status. */
  statuses: readonly Status[];
  text: string;
  period: Period;
  /** First and last day of a custom period (`2026-11-21`) in the store's time zone; either may be missing. */
  firstDay?: string;
  lastDay?: string;
  sort: Sort;
}

export const NO_FILTERS: OrderFilters = { statuses: [], text: "", period: "any", sort: "newest" };

/** The longest search text the API accepts. */
const MAX_SEARCH_LENGTH = 100;
const DAY = 86_400_000;

export function parseFilters(params: URLSearchParams): OrderFilters {
  const requested = (params.get("status") ?? "").split(",").filter(isStatus);
  const filters: OrderFilters = {
    statuses: STATUSES.filter((status) => requested.includes(status)),
    text: (params.get("q") ?? "").trim().slice(0, MAX_SEARCH_LENGTH),
    period: PERIODS.find((period) => period === params.get("period")) ?? "any",
    sort: SORTS.find((sort) => sort === params.get("sort")) ?? "newest",
  };
  if (filters.period !== "custom") return filters;
  const [first, last] = [day(params.get("first")), day(params.get("last"))];
  if (first) filters.firstDay = first;
  if (last) filters.lastDay = last;
  return filters;
}

/** Default values are left out: the unfiltered table has the plain address. */
export function formatFilters(filters: OrderFilters): URLSearchParams {
  const params = new URLSearchParams();
  if (filters.statuses.length > 0 && filters.statuses.length < STATUSES.length) {
    params.set("status", STATUSES.filter((status) => filters.statuses.includes(status)).join(","));
  }
  if (filters.text.trim() !== "") params.set("q", filters.text.trim());
  if (filters.period !== "any") params.set("period", filters.period);
  if (filters.period === "custom" && filters.firstDay) params.set("first", filters.firstDay);
  if (filters.period === "custom" && filters.lastDay) params.set("last", filters.lastDay);
  if (filters.sort !== "newest") params.set("sort", filters.sort);
  return params;
}

export interface Bounds {
  /** Placed at or after `from` and before `to`, in milliseconds. */
  from?: number;
  to?: number;
}

export function boundsOf(filters: OrderFilters, now: number, timeZone: string): Bounds {
  switch (filters.period) {
    case "any":
      return {};
    case "today":
      return { from: midnight(timeZone, now) };
    case "24h":
      return { from: now - DAY };
    case "7d":
      return { from: midnight(timeZone, now, -6) };
    case "30d":
      return { from: midnight(timeZone, now, -29) };
    case "custom":
      return customBounds(filters, timeZone);
  }
}

function customBounds(filters: OrderFilters, timeZone: string): Bounds {
  const bounds: Bounds = {};
  const from = filters.firstDay ? instantAt(timeZone, filters.firstDay) : undefined;
  const last = filters.lastDay ? instantAt(timeZone, filters.lastDay) : undefined;
  if (from !== undefined) bounds.from = from;
  // The last day is part of the period: it ends at the next midnight.
  if (last !== undefined) bounds.to = midnight(timeZone, last, 1);
  return bounds;
}

/** The same filters for the client's lists. */
export function listFilterOf(filters: OrderFilters, now: number, timeZone: string): OrderFilter {
  const { from, to } = boundsOf(filters, now, timeZone);
  const filter: OrderFilter = {};
  if (filters.statuses.length > 0) filter.status = filters.statuses;
  if (filters.text !== "") filter.q = filters.text;
  if (from !== undefined) filter.from = new Date(from).toISOString();
  if (to !== undefined) filter.to = new Date(to).toISOString();
  return filter;
}

export function isFiltered(filters: OrderFilters): boolean {
  return filters.statuses.length > 0 || filters.text !== "" || filters.period !== "any";
}

function day(text: string | null): string | undefined {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && instantAt("UTC", text) !== undefined ? text : undefined;
}
