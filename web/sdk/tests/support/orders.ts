import type { ReceivedEvent } from "../../src/live/incoming.js";
import type { Order } from "../../src/index.js";

/** The n-th order of a store, as the server sends it. */
export function makeOrder(n: number, more: Partial<Order> = {}): Order {
  const at = new Date(1_700_000_000_000 + n * 1000).toISOString();
  return {
    id: `01a1fd07-0000-7000-8000-${String(n).padStart(12, "0")}`,
    number: String(10_000 + n),
    storeId: "main",
    status: "pending",
    progress: 10,
    version: 1,
    items: [{ productId: "01a1628a-0000-7000-8000-000000000001", name: "Tea", quantity: 1 }],
    total: { amount: 500, currency: "EUR" },
    payment: { method: "cash_on_delivery", status: "pending" },
    shipments: [],
    canCancel: true,
    allowedTransitions: [],
    createdAt: at,
    updatedAt: at,
    customer: { id: "asha", name: "Asha Rao" },
    ...more,
  };
}

/** An event that sets a status. */
export function makeEvent(order: Order, status: Order["status"], more: Partial<ReceivedEvent> = {}): ReceivedEvent {
  const version = more.version ?? order.version + 1;
  return {
    id: `event-${order.number}-${version}`,
    kind: status === "cancelled" ? "order.cancelled" : "order.status_changed",
    at: new Date(Date.parse(order.updatedAt) + 1000).toISOString(),
    actor: { origin: "staff" },
    storeId: order.storeId,
    orderId: order.id,
    orderNumber: order.number,
    version,
    status,
    previousStatus: order.status,
    cursor: null,
    transport: "socket",
    ...more,
  };
}
