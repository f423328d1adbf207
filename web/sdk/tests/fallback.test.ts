// The client uses whatever transport the network allows, and upgrades when it allows more.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { type Client, live, open, placeOrder } from "./support/clients.js";
import { type Network, startNetwork } from "./support/network.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("blocked transports", () => {
  let server: Server;
  let network: Network;
  let admin: Client;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    network = await startNetwork(server.port);
    admin = await open(server, server.admin);
  });
  afterEach(() => network.remove());

  const isSocket = (path: string) => path.startsWith("/socket.io");
  const isStream = (path: string) => path.startsWith("/api/v1/stream");

  /** Each version once, in order. */
  function expectOnce(client: Client, id: string, versions: number[]): void {
    expect(client.events.items.filter((event) => event.orderId === id).map((event) => event.version)).toEqual(versions);
  }

  test("without WebSocket the socket uses long polling", async () => {
    network.decide(({ isUpgrade }) => (isUpgrade ? "refuse" : "pass"));
    const asha = await open(server, server.asha, { baseUrl: network.url });
    await live(asha, "socket");
    const order = await placeOrder(asha);
    await admin.orders.setStatus(order.id, "processing");
    await asha.events.until("the change", (events) => events.some((event) => event.status === "processing"));
    expectOnce(asha, order.id, [1, 2]);
  });

  test("without Socket.IO the event stream is used until the socket works again, and each event is delivered once", async () => {
    network.decide(({ path }) => (isSocket(path) ? "refuse" : "pass"));
    const asha = await open(server, server.asha, { baseUrl: network.url });
    await live(asha, "sse");
    const order = await placeOrder(asha);
    await admin.orders.setStatus(order.id, "processing");
    await asha.events.until("the change", (events) => events.some((event) => event.status === "processing"));
    expect(asha.events.items.every((event) => event.transport === "sse")).toBe(true);

    network.decide(() => "pass");
    await live(asha, "socket");
    await admin.orders.setStatus(order.id, "shipped");
    await asha.events.until("the change over the socket", (events) =>
      events.some((event) => event.transport === "socket"),
    );
    expectOnce(asha, order.id, [1, 2, 3]);
    expect(asha.orders.get(order.id)).toMatchObject({ status: "shipped", version: 3 });
  });

  test("without both the orders are polled until a better transport works again, and each event is delivered once", async () => {
    network.decide(({ path }) => (isSocket(path) || isStream(path) ? "refuse" : "pass"));
    const asha = await open(server, server.asha, { baseUrl: network.url, pollEvery: 200 });
    await live(asha, "polling");
    const order = await placeOrder(asha);
    await admin.orders.setStatus(order.id, "processing");
    await asha.events.until("the change", (events) => events.some((event) => event.status === "processing"));
    expect(asha.events.items.map((event) => event.transport)).toContain("polling");
    const polls = () => network.requests.filter((request) => request.path === "/api/orders/manage");
    const before = polls().length;
    await until(asha.connection, "three more polls", () => polls().length >= before + 3);
    expect(
      polls()
        .slice(-2)
        .every((request) => request.headers["if-none-match"] !== undefined),
    ).toBe(true);

    network.decide(() => "pass");
    await live(asha, "socket");
    await admin.orders.setStatus(order.id, "shipped", { trackingNumber: "TRACK-7" });
    await asha.events.until("the change over the socket", (events) =>
      events.some((event) => event.transport === "socket" && event.status === "shipped"),
    );
    expectOnce(asha, order.id, [1, 2, 3]);
    expect(asha.orders.get(order.id)).toMatchObject({ status: "shipped", version: 3 });
  });

  test("a transport that never answers is left within seconds", async () => {
    network.decide(({ path }) => (isSocket(path) ? "hang" : "pass"));
    const began = Date.now();
    const asha = await open(server, server.asha, { baseUrl: network.url });
    await live(asha, "sse");
    expect(Date.now() - began).toBeLessThan(9000);
    expect(asha.connection.getSnapshot().lastError).toMatchObject({ code: "timeout" });
  });

  test("each event is delivered once over a connection that is cut repeatedly", async () => {
    for (const transport of ["socket", "sse"] as const) {
      const asha = await open(server, server.asha, { baseUrl: network.url, transports: [transport] });
      await live(asha, transport);
      const order = await placeOrder(asha);
      for (const status of ["processing", "shipped", "paid", "delivered"] as const) {
        network.cut();
        await admin.orders.setStatus(order.id, status);
        await asha.events.until(status, (events) =>
          events.some((event) => event.orderId === order.id && event.status === status),
        );
      }
      expectOnce(asha, order.id, [1, 2, 3, 4, 5]);
      asha.close();
    }
  });
});
