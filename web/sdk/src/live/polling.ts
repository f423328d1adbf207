// Polls the newest orders with conditional requests while the page is visible: the transport that works everywhere.

import type { Order } from "../model.js";
import type { ReceivedEvent } from "./incoming.js";
import { type TransportClosed, type TransportHandle, type OpenTransport, refusal } from "./transport.js";

/** Consecutive failures after which the connection counts as lost. */
const MAX_FAILURES = 2;
/** Every so many polls, data that the order list does not cover is refreshed: notifications read in another window. */
const REFRESH_EVERY = 6;
const RESPONSE_TIMEOUT_MS = 20_000;

export const openPolling: OpenTransport = (context, listener) => {
  const { environment } = context;
  const abort = new AbortController();
  let isClosed = false;
  let isAsking = false;
  let failures = 0;
  let polls = 0;
  let etag: string | null = null;
  let isOpen = false;
  /** Changes found by the first poll happened before it. */
  let isFirst = true;
  let timer: ReturnType<typeof environment.setTimeout> | undefined;
  // Changes are measured against the orders known when the previous transport was lost.
  let seen = new Map<string, Order>();
  for (const order of context.known()) seen.set(order.id, order);
  let hasBaseline = seen.size > 0;

  function end(closed: TransportClosed | undefined): void {
    if (isClosed) return;
    isClosed = true;
    environment.clearTimeout(timer);
    stopListening();
    abort.abort();
    if (closed !== undefined) listener.closed(closed);
  }

  const stopListening = environment.onPageStateChange(() => {
    if (environment.isVisible()) void poll();
  });

  async function ask(): Promise<Response> {
    const bearer = await context.token.get(false);
    const headers: Record<string, string> = { Accept: "application/json" };
    if (bearer !== null) headers["Authorization"] = `Bearer ${bearer}`;
    if (etag !== null) headers["If-None-Match"] = etag;
    return environment.fetch(`${context.baseUrl}/api/orders/manage`, {
      headers,
      credentials: context.credentials,
      // The browser cache must not answer.
      cache: "no-store",
      signal: AbortSignal.any([abort.signal, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]),
    });
  }

  async function poll(): Promise<void> {
    if (isClosed || isAsking) return;
    isAsking = true;
    environment.clearTimeout(timer);
    try {
      const response = await ask();
      if (isClosed) return;
      if (response.status === 304) activity();
      else if (response.ok) {
        const { orders } = (await response.json()) as { orders: Order[] };
        if (isClosed) return;
        etag = response.headers.get("etag");
        activity();
        take(orders);
        isFirst = false;
      } else {
        const body = (await response.json().catch(() => ({}))) as { code?: unknown; detail?: unknown };
        const code = typeof body.code === "string" ? body.code : `status_${response.status}`;
        failed(
          refusal(
            code,
            typeof body.detail === "string" ? body.detail : `Polling was refused with status ${response.status}.`,
          ),
        );
      }
    } catch (error) {
      failed({ code: "network", message: error instanceof Error ? error.message : String(error), next: "retry" });
    } finally {
      isAsking = false;
      if (!isClosed && environment.isVisible()) timer = environment.setTimeout(() => void poll(), context.pollEvery);
    }
  }

  function activity(): void {
    failures = 0;
    polls += 1;
    if (polls % REFRESH_EVERY === 0) listener.incoming({ type: "polled", orders: [] });
    if (isOpen) listener.activity();
    // Orders that were unknown or are on a later page may have changed, so this transport never claims to have recovered.
    else listener.opened({ cursor: null, head: null, recovered: false });
    isOpen = true;
  }

  function failed(closed: TransportClosed): void {
    failures += 1;
    if (!isOpen || failures >= MAX_FAILURES || closed.next !== "retry") end(closed);
  }

  function take(orders: Order[]): void {
    const events = hasBaseline ? changes(seen, orders) : [];
    const changed = orders.filter((order) => differs(seen.get(order.id), order));
    seen = new Map(orders.map((order) => [order.id, order]));
    hasBaseline = true;
    listener.message("polled", { orders: orders.length, changed: changed.length });
    // The new state comes before the events: listeners find the order as it is after the event.
    if (changed.length > 0) listener.incoming({ type: "polled", orders: changed });
    for (const event of events) listener.incoming({ type: "event", event, missed: isFirst });
  }

  void poll();
  const handle: TransportHandle = { close: () => end(undefined) };
  return handle;
};

function differs(known: Order | undefined, order: Order): boolean {
  return (
    known === undefined ||
    known.version < order.version ||
    known.delivery?.location?.at !== order.delivery?.location?.at
  );
}

/** The events that must have happened between two polls, oldest first. */
export function changes(before: ReadonlyMap<string, Order>, now: readonly Order[]): ReceivedEvent[] {
  let newest = "";
  // Ids sort by creation time. An older order that was unknown was simply not loaded.
  for (const id of before.keys()) if (id > newest) newest = id;
  const events: ReceivedEvent[] = [];
  for (const order of now) {
    const known = before.get(order.id);
    if (known === undefined && order.id > newest) {
      const first = asPlaced(order);
      events.push(eventFromDiff(first, undefined));
      if (differs(first, order)) events.push(eventFromDiff(order, first));
    } else if (known !== undefined && differs(known, order)) events.push(eventFromDiff(order, known));
  }
  return events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** The order as it was when it was created: it may have changed several times between two polls. */
function asPlaced(order: Order): Order {
  if (order.version === 1) return order;
  const { cancellation: _, trackingNumber: __, estimatedDelivery: ___, delivery: ____, ...rest } = order;
  const payment = order.payment && { ...order.payment, status: "pending" };
  return {
    ...rest,
    ...(payment ? { payment } : {}),
    status: "pending",
    version: 1,
    shipments: [],
    updatedAt: order.createdAt,
  };
}

function eventFromDiff(order: Order, known: Order | undefined): ReceivedEvent {
  const previousStatus = known?.status ?? order.status;
  const hasMoved = order.version !== known?.version;
  const id = hasMoved
    ? `polled:${order.id}:${order.version}`
    : `polled:${order.id}:${order.delivery?.location?.at ?? ""}`;
  const { cancellation } = order;
  const event: ReceivedEvent = {
    id,
    kind: kindOf(order, known),
    at: (hasMoved ? undefined : order.delivery?.location?.at) ?? order.updatedAt,
    actor: { origin: originOf(order, known) },
    storeId: order.storeId,
    orderId: order.id,
    orderNumber: order.number,
    version: order.version,
    status: order.status,
    previousStatus,
    cursor: null,
    transport: "polling",
  };
  if (order.customer) event.customer = order.customer;
  if (known === undefined) {
    event.items = order.items;
    if (order.total) event.total = order.total;
    if (order.payment) event.paymentMethod = order.payment.method;
  } else {
    if (order.trackingNumber !== known.trackingNumber) event.trackingNumber = order.trackingNumber ?? null;
    if (order.estimatedDelivery !== known.estimatedDelivery) event.estimatedDelivery = order.estimatedDelivery ?? null;
    if (order.payment?.status !== known.payment?.status) event.paymentStatus = order.payment?.status ?? null;
    if (order.delivery?.location?.at !== known.delivery?.location?.at)
      event.location = order.delivery?.location ?? null;
    const [partner, partnerBefore] = [order.delivery?.partner, known.delivery?.partner];
    if (partner?.name !== partnerBefore?.name || partner?.phone !== partnerBefore?.phone)
      event.partner = partner ?? null;
    const moved = order.shipments.filter(
      ({ parcel, status }) => known.shipments.find((other) => other.parcel === parcel)?.status !== status,
    );
    if (moved.length > 0) event.shipments = moved;
    if (cancellation?.reason && !known.cancellation) event.reason = cancellation.reason;
  }
  return event;
}

function kindOf(order: Order, known: Order | undefined): ReceivedEvent["kind"] {
  if (known === undefined) return "order.created";
  if (order.version === known.version) return "delivery.located";
  if (order.status === "cancelled" && known.status !== "cancelled") return "order.cancelled";
  if (order.status !== known.status) return "order.status_changed";
  if (order.payment?.status !== known.payment?.status) return "payment.changed";
  const isDelivery =
    order.estimatedDelivery !== known.estimatedDelivery ||
    order.delivery?.partner?.name !== known.delivery?.partner?.name;
  return isDelivery ? "delivery.updated" : "order.updated";
}

/** Polling does not tell who made a change. Customers place orders, and mostly staff change them. */
function originOf(order: Order, known: Order | undefined): ReceivedEvent["actor"]["origin"] {
  if (known === undefined) return "customer";
  return order.status === "cancelled" && known.status !== "cancelled" ? (order.cancellation?.by ?? "staff") : "staff";
}
