import { expect, onTestFinished, test } from "vitest";
import { createFakeEnvironment } from "../tests/support/environment.js";
import { makeEvent, makeOrder } from "../tests/support/orders.js";
import { createClient } from "./client.js";
import type { OrderEvent } from "./live/events.js";
import type { Account } from "./model.js";

const MIRA: Account = { id: "mira", role: "staff", storeId: "main", name: "Mira" };
const nothing = () => undefined;

/** A page of the console whose server can be away: `isUp` decides about each request, `refuse` about single paths. */
function openPage() {
  const environment = createFakeEnvironment();
  const stored = new Map<string, string>([["ordercast:http://shop.example:account", JSON.stringify(MIRA)]]);
  const cursor = { cursor: "ab:5", at: environment.now() - 1000 };
  stored.set("ordercast:http://shop.example:cursor:mira", JSON.stringify(cursor));
  const server = {
    isUp: false,
    delayMs: 0,
    refuse: new Set<string>(),
    requests: [] as string[],
    /** The end of the log. */
    head: "ab:9",
    /** Where each stream began. */
    opened: [] as string[],
    send: (_event: string, _data: unknown, _id?: string): void => undefined,
    end: (): void => undefined,
  };

  environment.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : String(input));
    server.requests.push(pathname);
    if (!server.isUp || server.refuse.has(pathname)) throw new TypeError("Failed to fetch");
    if (server.delayMs > 0) await new Promise<void>((resolve) => void environment.setTimeout(resolve, server.delayMs));
    if (pathname === "/api/v1/auth/session") return Response.json({ account: MIRA });
    if (pathname === "/api/v1/stats") return Response.json({ total: 2, cursor: server.head });
    if (pathname === "/api/v1/notifications")
      return Response.json({ items: [], next: null, unread: 0, cursor: server.head });
    if (pathname === "/api/v1/orders")
      return Response.json({ orders: [makeOrder(2), makeOrder(1)], next: null, cursor: server.head });
    if (pathname.endsWith("/timeline")) return Response.json({ events: [], cursor: server.head });
    if (pathname.startsWith("/api/v1/orders/")) return Response.json(makeOrder(1));
    const from = new Headers(init?.headers).get("Last-Event-ID") ?? server.head;
    server.opened.push(from);
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        server.send = (event, data, id) =>
          controller.enqueue(
            new TextEncoder().encode(
              `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
            ),
          );
        server.send("connected", { cursor: from, head: server.head, recovered: true });
        server.end = () => controller.error(new Error("lost"));
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
  const events: OrderEvent[] = [];
  client.onEvent((event) => events.push(event));
  client.start();
  return { client, environment, server, events };
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

test("a console that opens says that it catches up, and what is older than its list is no news", async () => {
  const { client, environment, server, events } = openPage();
  server.isUp = true;
  client.orders.list({}, { lingerMs: 1800 }).rows.subscribe(nothing);
  await environment.advance(50);
  expect(client.connection.getSnapshot()).toMatchObject({ state: "live", isCatchingUp: true });
  for (const seq of [6, 7, 8, 9]) {
    const { cursor: _, transport: __, ...event } = makeEvent(makeOrder(1), "processing", { version: seq });
    server.send(event.kind, event, `ab:${seq}`);
  }
  await environment.advance(50);
  expect(client.connection.getSnapshot().isCatchingUp).toBe(false);
  expect(events.map(({ missed, listed }) => [missed, listed])).toEqual(Array.from({ length: 4 }, () => [true, true]));
  const { cursor: _, transport: __, ...event } = makeEvent(makeOrder(1), "shipped", { version: 10 });
  server.send(event.kind, event, "ab:10");
  await environment.advance(50);
  expect(events.at(-1)).toMatchObject({ missed: false, listed: false });
});

test("events that are not for this page do not keep it from having caught up", async () => {
  const { client, environment, server } = openPage();
  server.isUp = true;
  client.orders.subscribe(nothing);
  await environment.advance(100);
  expect(client.connection.getSnapshot().isCatchingUp).toBe(true);
  await environment.advance(1000);
  expect(client.connection.getSnapshot().isCatchingUp).toBe(false);
});

test("a console that missed thousands of events reads its list again and goes on from there", async () => {
  const { client, environment, server, events } = openPage();
  server.isUp = true;
  client.orders.list({}, { lingerMs: 1800 }).rows.subscribe(nothing);
  await environment.advance(10_000);
  server.isUp = false;
  server.end();
  await environment.advance(3000);
  Object.assign(server, { head: "ab:56000", isUp: true, delayMs: 200 });
  [server.requests, server.opened] = [[], []];
  const states: boolean[] = [];
  client.connection.subscribe(() => states.push(client.connection.getSnapshot().isCatchingUp));
  await environment.advance(30_000);
  expect(server.opened.at(-1), "the stream goes on where the list was read").toBe("ab:56000");
  expect(server.requests.filter((path) => path === "/api/v1/orders")).toHaveLength(1);
  expect(states).toContain(true);
  expect(client.connection.getSnapshot()).toMatchObject({ state: "live", isCatchingUp: false, recovered: false });
  expect(events).toEqual([]);
});

test("opening a page reads the notifications once, and a new connection reads them again", async () => {
  const { client, environment, server } = openPage();
  server.isUp = true;
  client.inbox.subscribe(nothing);
  await environment.advance(10_000);
  const reads = () => server.requests.filter((path) => path === "/api/v1/notifications").length;
  expect(reads()).toBe(1);
  server.end();
  await environment.advance(10_000);
  expect(client.connection.getSnapshot().state).toBe("live");
  expect(reads()).toBe(2);
});
