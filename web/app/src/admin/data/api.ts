// Every request of the console, in one place. Refusals are thrown as `Problem`, with what the server said.

import { Problem, Unreachable } from "../../api/http";
import type { SeriesPoint } from "../dashboard/series";
import type { TopProduct } from "../dashboard/TopProducts";
import type { BulkOutcome } from "../orders/bulk";
import type { OrderQuery } from "../orders/filters";
import type { Status } from "../orders/status";
import type { NewProduct, Order, Product, ProductChange, SetDelivery, SetStatus, Stats, TimelineEvent } from "./types";

interface Options {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** Only if it is still at this version: otherwise a `Problem` with the code `version_conflict`. */
  ifVersion?: number | undefined;
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
}

interface Answer<T> {
  data: T;
  /** How many of the customer's connections heard of the change. */
  live: number | undefined;
}

async function send<T>(method: string, path: string, { query, body, ifVersion, idempotencyKey, signal }: Options = {}): Promise<Answer<T>> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) params.set(name, String(value));
  const url = params.size > 0 ? `/api/v1${path}?${params}` : `/api/v1${path}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(ifVersion !== undefined && { "if-match": `"${ifVersion}"` }),
        ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(error);
  }
  const data: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    const retryAfter = response.headers.get("retry-after");
    throw new Problem(response.status, { ...(data as Record<string, unknown>), ...(retryAfter && { retryAfter: Number(retryAfter) }) });
  }
  const live = response.headers.get("ordercast-live-connections");
  return { data: data as T, live: live === null ? undefined : Number(live) };
}

/** The most orders of a page. */
export const PAGE = 200;

export interface OrderPage {
  orders: Order[];
  next?: string | null;
}

export async function listOrders(query: OrderQuery & { page?: string; limit?: number }, signal?: AbortSignal): Promise<OrderPage> {
  return (await send<OrderPage>("GET", "/orders", { query: { limit: PAGE, ...query }, signal })).data;
}

export async function getOrder(order: string, signal?: AbortSignal): Promise<Order> {
  return (await send<Order>("GET", `/orders/${encodeURIComponent(order)}`, { signal })).data;
}

export async function getTimeline(order: string, signal?: AbortSignal): Promise<TimelineEvent[]> {
  return (await send<{ events: TimelineEvent[] }>("GET", `/orders/${encodeURIComponent(order)}/timeline`, { signal })).data.events;
}

export interface Changed {
  order: Order;
  live: number | undefined;
}

async function change(path: string, method: string, body: unknown, ifVersion: number | undefined): Promise<Changed> {
  const { data, live } = await send<Order>(method, path, { body, ifVersion, idempotencyKey: crypto.randomUUID() });
  return { order: data, live };
}

export function setStatus(order: string, body: SetStatus, ifVersion?: number): Promise<Changed> {
  return change(`/orders/${encodeURIComponent(order)}/status`, "PUT", body, ifVersion);
}

export function setDelivery(order: string, body: SetDelivery, ifVersion?: number): Promise<Changed> {
  return change(`/orders/${encodeURIComponent(order)}/delivery`, "PUT", body, ifVersion);
}

export function cancelOrder(order: string, reason: string | undefined, ifVersion?: number): Promise<Changed> {
  return change(`/orders/${encodeURIComponent(order)}/cancel`, "POST", reason ? { reason } : {}, ifVersion);
}

export async function setStatusOf(
  orders: readonly string[],
  status: Status,
  more: { reason?: string; note?: string },
  idempotencyKey: string,
): Promise<BulkOutcome[]> {
  const body = { orders, status, ...more };
  return (await send<{ outcomes: BulkOutcome[] }>("POST", "/orders/bulk-status", { body, idempotencyKey })).data.outcomes;
}

export async function getStats(signal?: AbortSignal): Promise<Stats> {
  return (await send<Stats>("GET", "/stats", { signal })).data;
}

export interface ProductPage {
  products: Product[];
  next?: string | null;
}

export async function listProducts(query: { page?: string }, signal?: AbortSignal): Promise<ProductPage> {
  return (await send<ProductPage>("GET", "/products", { query: { ...query, archived: "true", limit: PAGE }, signal })).data;
}

export async function getProduct(product: string, signal?: AbortSignal): Promise<Product> {
  return (await send<Product>("GET", `/products/${product}`, { signal })).data;
}

export async function createProduct(product: NewProduct): Promise<Product> {
  return (await send<Product>("POST", "/products", { body: product, idempotencyKey: crypto.randomUUID() })).data;
}

export async function changeProduct(id: string, body: ProductChange, ifVersion: number | undefined): Promise<Product> {
  return (await send<Product>("PUT", `/products/${id}`, { body, ifVersion, idempotencyKey: crypto.randomUUID() })).data;
}

export async function countStock(id: string, body: { onHand: number } | { change: number }, ifVersion?: number): Promise<Product> {
  return (await send<Product>("PUT", `/products/${id}/stock`, { body, ifVersion, idempotencyKey: crypto.randomUUID() })).data;
}

/** Seconds after which the server asked to be tried again; none when that is of no use. */
export function retryAfter(error: unknown): number | undefined {
  if (error instanceof Unreachable) return 2;
  if (!(error instanceof Problem) || (error.status !== 429 && error.status !== 503)) return undefined;
  const asked = error.body["retryAfter"];
  return typeof asked === "number" && Number.isFinite(asked) ? asked : 1;
}

export interface Series {
  points: SeriesPoint[];
  /** Seconds from order to door. */
  deliveryTime: { median: number; p90: number } | null;
  topProducts: TopProduct[];
}

export async function getSeries(query: { bucket: "hour" | "day"; from: string; to: string }, signal?: AbortSignal): Promise<Series> {
  return (await send<Series>("GET", "/stats/series", { query, signal })).data;
}
