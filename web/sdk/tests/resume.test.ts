// No event is lost, and none is delivered twice.

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { live, memoryStorage, newOrder, open, openWith, placeOrder, tokenOf } from "./support/clients.js";
import { startNetwork } from "./support/network.js";
import { type Server, startServer } from "./support/server.js";
import { recorder, until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("resuming", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  test("an open page gets every event once when the server is killed and restarted", async () => {
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    await live(asha, "socket");
    const order = await placeOrder(asha);
    await asha.events.until("the order", (events) => events.some((event) => event.orderId === order.id));

    await server.kill();
    const lost = await until(
      asha.connection,
      "it is lost",
      (now) => now.state === "reconnecting" || now.state === "offline",
    );
    expect(lost.isConnected).toBe(false);
    expect(lost.lastError).not.toBeNull();
    await server.start();
    // Whether the page reconnects before or after these changes makes no difference.
    for (const status of ["processing", "shipped", "paid"] as const) {
      expect(await admin.orders.setStatus(order.id, status)).toMatchObject({ ok: true });
    }
    await live(asha);
    await asha.events.until("the last change", (events) => events.some((event) => event.status === "paid"));
    const versions = asha.events.items.filter((event) => event.orderId === order.id).map((event) => event.version);
    expect(versions).toEqual([1, 2, 3, 4]);
    expect(asha.orders.get(order.id)).toMatchObject({ status: "paid", version: 4 });
    expect(asha.connection.getSnapshot()).toMatchObject({ attempts: 0, recovered: true });
  });

  test("a reopened page gets the events it missed, once", async () => {
    const storage = memoryStorage();
    const token = await tokenOf(server, server.asha);
    const options = { baseUrl: server.url, token, storage };
    const admin = await open(server, server.admin);
    const first = openWith(options);
    await live(first, "socket");
    const order = await placeOrder(first);
    await first.events.until("the order", (events) => events.some((event) => event.orderId === order.id));
    first.close();

    await admin.orders.setStatus(order.id, "processing");
    await admin.orders.setStatus(order.id, "shipped");
    const second = openWith(options);
    const missed = await second.events.until("both changes", (events) => events.length >= 2);
    expect(missed.map(({ status, own }) => ({ status, own }))).toEqual([
      { status: "processing", own: false },
      { status: "shipped", own: false },
    ]);
    second.close();

    const third = openWith(options);
    await live(third, "socket");
    await admin.orders.setStatus(order.id, "delivered");
    await third.events.until("the last change", (events) => events.length > 0);
    expect(third.events.items.map((event) => event.status)).toEqual(["delivered"]);
  });

  test("many orders and their changes over an unreliable network arrive once, in order", async () => {
    const network = await startNetwork(server.port);
    onTestFinished(() => network.remove());
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    // Polling sees the current state of an order and not every step.
    const follower = await open(server, server.admin, { baseUrl: network.url, transports: ["socket", "sse"] });
    await live(follower);
    const stop = follower.orders.subscribe(() => undefined);
    await until(follower.orders, "the list", (now) => now.state === "ready");
    await admin.api.POST("/api/v1/products", {
      body: { name: "Paper bags", price: { amount: 10, currency: "EUR" }, stock: 100_000 },
    });
    const order = await newOrder(asha);
    const ids: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      // The keys make equal requests different actions.
      const placed = await Promise.all(
        Array.from({ length: 10 }, (_, n) => asha.orders.place(order, { idempotencyKey: `many-${round}-${n}` })),
      );
      ids.push(...placed.map(({ id }) => id));
      network.cut();
      const chosen = placed.map(({ id }) => id);
      await admin.orders.setStatusOfMany(chosen, "processing");
      if (round % 3 === 0) network.cut();
      await admin.orders.setStatusOfMany(chosen, "shipped");
    }
    const mine = () => follower.events.items.filter((event) => ids.includes(event.orderId));
    await follower.events.until("every change", () => mine().length >= ids.length * 3, 40_000);
    for (const id of ids)
      expect(
        mine()
          .filter((event) => event.orderId === id)
          .map((event) => event.version),
      ).toEqual([1, 2, 3]);
    const list = await until(follower.orders, "every row", (now) =>
      ids.every((id) => now.orders.find((each) => each.id === id)?.status === "shipped"),
    );
    const numbers = list.orders.map((each) => Number(each.number));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(new Set(numbers).size).toBe(numbers.length);
    stop();
  }, 60_000);

  test("a stream that opens late does not miss an order placed after the list was read", async () => {
    const network = await startNetwork(server.port);
    onTestFinished(() => network.remove());
    const asha = await open(server, server.asha);
    network.decide(({ path }) => (path.startsWith("/api/v1/stream") ? "hold" : "pass"));
    const page = await open(server, server.asha, { baseUrl: network.url, transports: ["sse"] });
    const stop = page.orders.subscribe(() => undefined);
    await until(page.orders, "the list", (list) => list.state === "ready" && network.held === 1);
    const order = await placeOrder(asha);
    network.release();
    await until(page.orders, "the order", (list) => list.orders[0]?.id === order.id);
    stop();
  });

  test("a list that arrives late does not miss an order placed before the stream began", async () => {
    const network = await startNetwork(server.port);
    onTestFinished(() => network.remove());
    const asha = await open(server, server.asha);
    network.decide(({ path }) =>
      path.startsWith("/api/v1/stream") ? "refuse" : path.startsWith("/api/v1/orders") ? "hold-answer" : "pass",
    );
    const page = await open(server, server.asha, { baseUrl: network.url, transports: ["sse"] });
    const stop = page.orders.subscribe(() => undefined);
    await until(
      page.connection,
      "the list was read, and the stream refused",
      (now) => network.held === 1 && now.lastError !== null,
    );
    const order = await placeOrder(asha);
    network.decide(() => "pass");
    page.connection.reconnect();
    await live(page, "sse");
    expect(page.orders.getSnapshot().state).toBe("loading");
    network.release();
    await until(page.orders, "the order", (list) => list.orders[0]?.id === order.id);
    stop();
  });

  test("a cursor of another history: all state is discarded and read again", async () => {
    const storage = memoryStorage();
    const token = await tokenOf(server, server.asha);
    const before = openWith({ baseUrl: server.url, token, storage });
    await live(before, "socket");
    await placeOrder(before);
    await until(before.session, "signed in", (now) => now.verified);
    await before.events.until("the order", (events) => events.length > 0);
    const key = storage.keys().find((each) => each.includes(":cursor:"));
    before.close();
    storage.setItem(key ?? "", JSON.stringify({ cursor: "0123456789ab:7", at: Date.now() }));
    for (const transport of ["socket", "sse"] as const) {
      const asha = openWith({ baseUrl: server.url, token, storage, transports: [transport] });
      const resets = recorder<string>();
      asha.onReset(({ reason }) => resets.push(reason));
      const stop = asha.orders.subscribe(() => undefined);
      await live(asha, transport);
      await until(asha.orders, "the list", (list) => list.state === "ready" && list.orders.length > 0);
      await resets.until("the reset", (reasons) => reasons.length > 0);
      expect(resets.items).toEqual(["epoch_changed"]);
      const order = await placeOrder(asha);
      await asha.events.until("the next order", (events) => events.some((event) => event.orderId === order.id));
      expect(asha.orders.getSnapshot().orders[0]?.id).toBe(order.id);
      stop();
      asha.close();
      storage.setItem(key ?? "", JSON.stringify({ cursor: "0123456789ab:7", at: Date.now() }));
    }
  });
});
