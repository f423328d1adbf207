// The part of an order that the table shows. Kept small, because ten thousand rows stay in memory.

import type { AllowedTransition } from "@ordercast/client";

import type { Status } from "./status";

interface Money {
  amount: number;
  currency: string;
}

export interface RowItem {
  productId: string;
  name: string;
  quantity: number;
}

export interface Row {
  id: string;
  number: string;
  /** The order number as a number; later orders have higher numbers. */
  sortKey: number;
  customer: string | undefined;
  email: string | undefined;
  city: string | undefined;
  items: readonly RowItem[];
  total: Money | undefined;
  status: Status;
  /** Null while unknown. */
  allowedTransitions: readonly AllowedTransition[] | null;
  payment: { method: string; status: string } | undefined;
  shipments: readonly { parcel: number; status: string }[];
  trackingNumber: string | undefined;
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** The fields of an API order that a row needs. */
export interface OrderData {
  id: string;
  number: string;
  status: Status;
  allowedTransitions?: readonly AllowedTransition[] | null | undefined;
  version: number;
  createdAt: string;
  updatedAt: string;
  customer?: { name?: string | null | undefined; email?: string | null | undefined } | null | undefined;
  items: readonly RowItem[];
  total?: Money | null | undefined;
  payment?: { method: string; status: string } | null | undefined;
  shipments: readonly { parcel: number; status: string }[];
  trackingNumber?: string | null | undefined;
  shippingAddress?: { name: string; city: string } | null | undefined;
}

/** The fields of a live event that a row needs. */
export interface EventData {
  kind: string;
  at: string;
  orderId: string;
  orderNumber: string;
  version: number;
  status: Status;
  allowedTransitions?: readonly AllowedTransition[] | null | undefined;
  customer?: { name?: string | null | undefined; email?: string | null | undefined } | null | undefined;
  items?: readonly RowItem[] | null | undefined;
  total?: Money | null | undefined;
  paymentMethod?: string | null | undefined;
  paymentStatus?: string | null | undefined;
  shipments?: readonly { parcel: number; status: string }[] | null | undefined;
  trackingNumber?: string | null | undefined;
}

export function rowOf(order: OrderData): Row {
  return {
    id: order.id,
    number: order.number,
    sortKey: Number(order.number),
    customer: order.customer?.name ?? order.shippingAddress?.name ?? undefined,
    email: order.customer?.email ?? undefined,
    city: order.shippingAddress?.city,
    items: order.items.map(({ productId, name, quantity }) => ({ productId, name, quantity })),
    total: order.total ?? undefined,
    status: order.status,
    allowedTransitions: shared(order.allowedTransitions),
    payment: order.payment ?? undefined,
    shipments: order.shipments,
    trackingNumber: order.trackingNumber ?? undefined,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    version: order.version,
  };
}

/** The row of a new order, built from its event alone. */
export function rowOfCreated(event: EventData): Row {
  return {
    id: event.orderId,
    number: event.orderNumber,
    sortKey: Number(event.orderNumber),
    customer: event.customer?.name ?? undefined,
    email: event.customer?.email ?? undefined,
    city: undefined,
    items: (event.items ?? []).map(({ productId, name, quantity }) => ({ productId, name, quantity })),
    total: event.total ?? undefined,
    status: event.status,
    allowedTransitions: shared(event.allowedTransitions),
    payment: event.paymentMethod
      ? { method: event.paymentMethod, status: event.paymentStatus ?? "pending" }
      : undefined,
    shipments: event.shipments ?? [],
    trackingNumber: event.trackingNumber ?? undefined,
    createdAt: event.at,
    updatedAt: event.at,
    version: event.version,
  };
}

/** The row after an event. Returns the same row for an event that is not newer, so that a row never moves backwards. */
export function applyEvent(row: Row, event: EventData): Row {
  if (event.version === row.version && event.allowedTransitions && row.allowedTransitions === null)
    return { ...row, allowedTransitions: shared(event.allowedTransitions) };
  if (event.version <= row.version) return row;
  return {
    ...row,
    status: event.status,
    // Absent in an event that is followed by a newer one.
    allowedTransitions: event.allowedTransitions ? shared(event.allowedTransitions) : row.allowedTransitions,
    version: event.version,
    updatedAt: event.at,
    payment: row.payment && event.paymentStatus ? { ...row.payment, status: event.paymentStatus } : row.payment,
    shipments: event.shipments?.length ? withParcels(row.shipments, event.shipments) : row.shipments,
    trackingNumber: event.trackingNumber ?? row.trackingNumber,
  };
}

const lists = new Map<string, readonly AllowedTransition[]>();

/** The same list object for equal lists: ten thousand rows share a few. */
function shared(list: readonly AllowedTransition[] | null | undefined): readonly AllowedTransition[] | null {
  if (!list) return null;
  const key = JSON.stringify(list);
  const known = lists.get(key);
  if (!known) lists.set(key, list);
  return known ?? list;
}

/** An event names only the parcels that it created or changed. */
function withParcels(known: Row["shipments"], told: Row["shipments"]): Row["shipments"] {
  const parcels = new Map([...known, ...told].map((parcel) => [parcel.parcel, parcel]));
  return [...parcels.values()].sort((a, b) => a.parcel - b.parcel);
}

/** "2 × Harbour Espresso, 250 g", and the number of further lines. */
export function summaryOf(items: Row["items"]): { first: string; more: number } {
  const [first, ...more] = items;
  if (!first) return { first: "No items", more: 0 };
  return { first: first.quantity > 1 ? `${first.quantity} × ${first.name}` : first.name, more: more.length };
}
