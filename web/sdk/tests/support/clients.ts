// Clients of the real server. They are closed at the end of the test.

import { onTestFinished } from "vitest";
import {
  createOrdercast,
  type KeyValueStorage,
  type NewOrder,
  type Ordercast,
  type OrdercastOptions,
  type OrderEvent,
  unwrap,
} from "../../src/index.js";
import type { Server } from "./server.js";
import { recorder, type Recorder, until } from "./within.js";

export interface Client extends Ordercast {
  /** Every event delivered to it. */
  events: Recorder<OrderEvent>;
}

/** The access token of an account, from signing in. */
export async function tokenOf(server: Server, who: { email: string; password: string }): Promise<string> {
  const visitor = createOrdercast({ baseUrl: server.url, autoStart: false, storage: null });
  const { accessToken } = await unwrap(visitor.api.POST("/api/v1/auth/login", { body: who }));
  return accessToken;
}

/** Connects at once. */
export async function open(
  server: Server,
  who: { email: string; password: string },
  options: OrdercastOptions = {},
): Promise<Client> {
  const token = await tokenOf(server, who);
  return openWith({ baseUrl: server.url, token, storage: null, ...options });
}

export function openWith(options: OrdercastOptions): Client {
  const ordercast = createOrdercast({ ...options, autoStart: false });
  const events = recorder<OrderEvent>();
  ordercast.onEvent(events.push);
  ordercast.start();
  onTestFinished(() => ordercast.close());
  return { ...ordercast, events };
}

export function live(client: Ordercast, transport?: "socket" | "sse" | "polling") {
  const over = transport ?? client.connection.getSnapshot().transport;
  return until(
    client.connection,
    `live over ${over ?? "anything"}`,
    (now) => now.isConnected && (transport === undefined || now.transport === transport),
    30_000,
  );
}

/** Orders one piece of the product with the largest stock. */
export async function placeOrder(client: Ordercast): Promise<Awaited<ReturnType<Ordercast["orders"]["place"]>>> {
  return client.orders.place(await newOrder(client));
}

export async function newOrder(client: Ordercast, quantity = 1): Promise<NewOrder> {
  const { products } = await unwrap(client.api.GET("/api/v1/products"));
  const product = products.reduce((most, each) => (each.available > most.available ? each : most));
  return {
    items: [{ productId: product.id, quantity }],
    shippingAddress: { name: "Asha Rao", line1: "1 Lantern Street", city: "Pune", postalCode: "411001", country: "IN" },
    paymentMethod: "cash_on_delivery",
  };
}

/** An in-memory `localStorage`. */
export function memoryStorage(): KeyValueStorage & { keys: () => string[] } {
  const values = new Map<string, string>();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}
