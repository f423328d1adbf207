// Example values for schemas: those of the documents, and otherwise values that fit a member's name and type.

import { refName, type Schema } from "./documents.ts";
import { type Library, withoutNull } from "./library.ts";

const TIME = "2026-01-31T12:00:00.000Z";
const ORDER_ID = "019c1407-5b00-7a3e-9c41-6f0d2b8e7a15";
const USER_ID = "019c13f2-08c0-7d12-8a55-3e9b10c4d6f7";
const CURSOR = "5f1c9a2e:10231";

/** Members that contradict the other examples: the order is not cancelled. */
const OMITTED = new Set(["cancellation"]);

/** By type. */
const NAMED: Record<string, unknown> = {
  AllowedTransition: { status: "shipped", reasonRequired: false },
  Status: "processing",
  OrderId: ORDER_ID,
  ProductId: "019c1380-77a0-7c90-b1de-52a8c6f09e34",
  EventId: "019c1409-3f20-7b61-a7c8-0d4e9b2f5a86",
  UserId: USER_ID,
  StoreId: "main",
  Role: "customer",
  Reference: "ORDER-123",
};

/** By the name of a member. */
const TEXTS: Record<string, string> = {
  accessToken: "eyJhbGciOiJIUzI1NiJ9…",
  argument: "10001",
  attribution: "© OpenStreetMap contributors",
  category: "Household",
  city: "Hamburg",
  code: "order_not_found",
  country: "Germany",
  cursor: CURSOR,
  description: "Strong enough for groceries.",
  detail: "The order does not exist, or you don't have access.",
  email: "mira@example.com",
  event: "join-order-tracking",
  field: "items[0].quantity",
  head: CURSOR,
  image: "/images/paper-bags.webp",
  lastEventId: CURSOR,
  line1: "7 Elbe Street",
  line2: "Second floor",
  liveUrl: "https://live.shop.example",
  message: "Order #10001 has shipped.",
  name: "Mira Holm",
  next: "10001",
  note: "Leave it with the neighbor.",
  order: "10001",
  orderId: ORDER_ID,
  password: "a lantern in the street",
  paymentStatus: "pending",
  phone: "+49 40 123456",
  postalCode: "20457",
  reason: "Ordered twice",
  reference: "ORDER-123",
  refreshToken: "rt_4kq7…",
  region: "Hamburg",
  sku: "BAG-10",
  status: "ok",
  storeName: "Corner Shop",
  through: CURSOR,
  title: "Order shipped",
  token: "k3v9…",
  trackingNumber: "TRACK-1",
  type: "urn:ordercast:problem:order_not_found",
  url: "https://shop.example/reset-password#k3v9…",
  user: USER_ID,
  version: "0.1.0",
};

const NUMBERS: Record<string, number> = {
  accuracy: 12,
  afterMs: 1500,
  amount: 1290,
  expiresIn: 900,
  latitude: 53.5436,
  longitude: 9.9882,
  memoryBytes: 41_943_040,
  onHand: 40,
  progress: 40,
  quantity: 2,
  stock: 40,
  uptimeSeconds: 86_400,
  version: 3,
};

export interface Shape {
  /** Leaves out members that a request can do without. */
  requiredOnly?: boolean;
  /** Values for members whose types have them. */
  given?: Record<string, string>;
}

/** People look for these first. */
const FIRST = ["type", "id", "orderId", "number", "code", "name", "title", "kind", "status"];

/** A JSON value that fits the schema. */
export function exampleOf(library: Library, schema: Schema, shape: Shape = {}): unknown {
  return valueOf(library, schema, shape, "", []);
}

function valueOf(library: Library, schema: Schema, shape: Shape, name: string, seen: readonly string[]): unknown {
  const given = schema.example ?? schema.examples?.[0];
  if (given !== undefined) return given;
  const { schema: type } = withoutNull(schema);
  if (name === "previousStatus") return "pending";
  if (type.$ref) {
    const target = refName(type.$ref);
    if (target in NAMED) return NAMED[target];
    if (seen.includes(target)) return {};
    return valueOf(library, library.get(type.$ref), shape, name, [...seen, target]);
  }
  if (type.enum) {
    const value = shape.given?.[name];
    return value !== undefined && type.enum.includes(value) ? value : type.enum[0];
  }
  if (type.allOf) {
    const parts = type.allOf.map((part) => valueOf(library, part, shape, name, seen));
    return Object.assign({}, ...parts);
  }
  const [variant] = type.anyOf ?? type.oneOf ?? [];
  if (variant) return valueOf(library, variant, shape, name, seen);
  if (type.properties) return objectOf(library, type, shape, seen);
  if (type.type === "array") return type.items ? [valueOf(library, type.items, shape, singular(name), seen)] : [];
  return scalarOf(library, type, shape, name, seen);
}

function objectOf(library: Library, type: Schema, shape: Shape, seen: readonly string[]): unknown {
  const required = new Set(type.required);
  // A request that changes something has no required members, and one member is an example.
  const entries = inReadingOrder(Object.entries(type.properties ?? {}), ([name]) => name);
  const wanted = shape.requiredOnly
    ? entries.filter(([name], index) => (required.size > 0 ? required.has(name) : index === 0))
    : entries.filter(([name]) => required.has(name) || !OMITTED.has(name));
  return Object.fromEntries(wanted.map(([name, property]) => [name, valueOf(library, property, shape, name, seen)]));
}

function scalarOf(library: Library, type: Schema, shape: Shape, name: string, seen: readonly string[]): unknown {
  switch (type.type) {
    case "string":
      if (type.format === "date-time") return TIME;
      if (type.format === "uuid") return ORDER_ID;
      return TEXTS[name] ?? "text";
    case "integer":
    case "number":
      return NUMBERS[name] ?? Math.max(type.minimum ?? 0, 1);
    case "boolean":
      return true;
    case "object":
      if (typeof type.additionalProperties !== "object") return {};
      return { key: valueOf(library, type.additionalProperties, shape, name, seen) };
    default:
      return TEXTS[name] ?? null;
  }
}

/** Names and ids first; otherwise as in the document. */
export function inReadingOrder<T>(members: T[], nameOf: (member: T) => string): T[] {
  const rank = (member: T) => {
    const index = FIRST.indexOf(nameOf(member));
    return index < 0 ? FIRST.length : index;
  };
  return [...members].sort((a, b) => rank(a) - rank(b));
}

function singular(name: string): string {
  return name === "orders" ? "order" : name.replace(/s$/, "");
}
