import { expect, onTestFinished, test } from "vitest";
import { createFakeEnvironment } from "../tests/support/environment.js";
import { makeOrder } from "../tests/support/orders.js";
import { createClient } from "./client.js";
import type { Account } from "./model.js";

const MIRA: Account = { id: "mira", role: "staff", storeId: "main", name: "Mira" };
const nothing = () => undefined;

/** A page of the console whose server can be away: `isUp` decides about each request, `refuse` about single paths. */
function openPage({ persistedCursor = true } = {}) {
  const environment = createFakeEnvironment();
  const stored = new Map<string, string>([["ordercast:http://shop.example:account", JSON.stringify(MIRA)]]);
  if (persistedCursor)
    stored.set(
      "ordercast:http://shop.example:cursor:mira",
      JSON.stringify({ cursor: "ab:5", at: environment.now() - 1000 }),
    );
  const server = { isUp: false, refuse: new Set<string>(), requests: [] as string[] };

  environment.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : String(input));
    server.requests.push(pathname);
    if (!server.isUp || server.refuse.has(pathname)) throw new TypeError("Failed to fetch");
    if (pathname === "/api/v1/auth/session") return Response.json({ account: MIRA });
    if (pathname === "/api/v1/stats") return Response.json({ total: 2, cursor: "ab:9" });
    if (pathname === "/api/v1/notifications")
      return Response.json({ items: [], next: null, unread: 0, cursor: "ab:9" });
    if (pathname === "/api/v1/orders")
      return Response.json({ orders: [makeOrder(2), makeOrder(1)], next: null, cursor: "ab:9" });
    if (pathname.endsWith("/timeline")) return Response.json({ events: [], cursor: "ab:9" });
    if (pathname.startsWith("/api/v1/orders/")) return Response.json(makeOrder(1));
    const frame = { cursor: "ab:5", head: "ab:9", recovered: true };
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`event: connected\ndata: ${JSON.stringify(frame)}\n\n`));
        init?.signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  const client = createClient({ baseUrl: "http://shop.example", storage, transports: ["sse"] }, environment);
  onTestFinished(client.close);
  client.start();
  return { client, environment, server };
}

test("what could not be read is read again when the connection is back", async () => {
  const { client, environment, server } = openPage();
  const table = client.orders.list({}, { lingerMs: 1800 });
  const page = client.orders.track("10001");
  for (const store of [table.rows, client.orders, client.stats, client.inbox, page]) store.subscribe(nothing);
  await environment.advance(3000);
  expect(table.rows.getSnapshot()).toMatchObject({ state: "error", ids: [] });
  server.isUp = true;
  await environment.advance(20_000);
  expect(client.connection.getSnapshot().state).toBe("live");
  expect(table.rows.getSnapshot()).toMatchObject({
    state: "ready",
    error: null,
    ids: [makeOrder(2).id, makeOrder(1).id],
  });
  for (const store of [client.orders, client.stats, client.inbox, page])
    expect(store.getSnapshot()).toMatchObject({ state: "ready", error: null });
});

test("what fails while the connection is live is read again without anybody asking", async () => {
  const { client, environment, server } = openPage();
  const paths = ["/api/v1/orders", "/api/v1/stats", "/api/v1/notifications", `/api/v1/orders/10001`];
  server.isUp = true;
  for (const path of paths) server.refuse.add(path);
  const table = client.orders.list({}, { lingerMs: 1800 });
  const page = client.orders.track("10001");
  for (const store of [table.rows, client.stats, client.inbox, page]) store.subscribe(nothing);
  await environment.advance(10_000);
  expect(client.connection.getSnapshot().state).toBe("live");
  expect(table.rows.getSnapshot().state).toBe("error");
  server.requests = [];
  await environment.advance(60_000);
  const reads = server.requests.filter((path) => path === "/api/v1/orders").length;
  expect(reads, "it is tried again, at growing intervals").toBeGreaterThan(1);
  expect(reads).toBeLessThan(12);
  server.refuse.clear();
  await environment.advance(31_000);
  for (const store of [table.rows, client.stats, client.inbox, page])
    expect(store.getSnapshot()).toMatchObject({ state: "ready", error: null });
  server.requests = [];
  await environment.advance(100_000);
  expect(server.requests.filter((path) => path === "/api/v1/orders")).toEqual([]);
});
