// The notification center over two windows and three transports.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { type Client, live, open, openWith, placeOrder, tokenOf } from "./support/clients.js";
import { startNetwork } from "./support/network.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("the inbox", () => {
  let server: Server;
  let admin: Client;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  /** A new customer without notifications. */
  async function customer(name: string) {
    const email = `${name}@shop.example`;
    const visitor = openWith({ baseUrl: server.url, storage: null, token: await tokenOf(server, server.asha) });
    await visitor.api.POST("/api/v1/auth/register", { body: { email, password: `${name} likes black tea`, name } });
    visitor.close();
    return { email, password: `${name} likes black tea` };
  }

  test("a notification read in one window is read in the other, and so are all of them", async () => {
    admin = await open(server, server.admin);
    const who = await customer("ines");
    const [one, two] = [await open(server, who), await open(server, who, { transports: ["sse"] })];
    await live(one, "socket");
    await live(two, "sse");
    for (const client of [one, two]) client.inbox.subscribe(() => undefined);
    const order = await placeOrder(one);
    for (const status of ["processing", "shipped", "delivered"] as const)
      await admin.orders.setStatus(order.id, status);
    for (const client of [one, two]) {
      const inbox = await until(
        client.inbox,
        "three unread",
        (now) => now.unreadCount === 3 && now.notifications.length === 4,
      );
      // Newest first. A person's own changes count as read.
      expect(inbox.notifications.map((line) => line.read)).toEqual([false, false, false, true]);
      expect(inbox.notifications[0]).toMatchObject({ title: "Order delivered", orderId: order.id });
    }
    const shipped = one.inbox.getSnapshot().notifications[1];
    if (shipped === undefined) throw new Error("no line");
    const reading = one.inbox.markRead(shipped.id);
    expect(one.inbox.getSnapshot().unreadCount).toBe(2);
    await reading;
    const other = await until(two.inbox, "two unread", (now) => now.unreadCount === 2);
    expect(other.notifications.map((line) => line.read)).toEqual([false, true, false, true]);

    await two.inbox.markAllRead();
    const done = await until(one.inbox, "nothing unread", (now) => now.unreadCount === 0);
    expect(done.notifications.every((line) => line.read)).toBe(true);
  });

  test("a list of one category is live", async () => {
    admin = await open(server, server.admin);
    const client = await open(server, await customer("jun"));
    await live(client, "socket");
    const payments = client.inbox.list({ category: "payment" });
    const stop = payments.subscribe(() => undefined);
    await until(payments, "it is loaded", (now) => now.state === "ready");
    const order = await placeOrder(client);
    await admin.orders.setStatus(order.id, "shipped");
    await admin.orders.setStatus(order.id, "paid");
    const list = await until(payments, "the payment", (now) => now.notifications.length > 0);
    expect(list.notifications.map((line) => line.category)).toEqual(["payment"]);
    expect(list.unreadCount).toBe(2);
    expect(client.inbox.list({ category: "payment" })).toBe(payments);
    stop();
  });

  test("marking as read is rolled back when refused", async () => {
    const network = await startNetwork(server.port);
    admin = await open(server, server.admin);
    const client = await open(server, await customer("kai"), { baseUrl: network.url });
    await live(client, "socket");
    client.inbox.subscribe(() => undefined);
    const order = await placeOrder(client);
    await admin.orders.setStatus(order.id, "processing");
    const { notifications } = await until(
      client.inbox,
      "one unread",
      (now) => now.unreadCount === 1 && now.notifications.length === 2,
    );
    network.decide(({ path }) => (path.includes("/notifications/") ? "refuse" : "pass"));
    await expect(client.inbox.markRead(notifications[0]?.id ?? "")).rejects.toMatchObject({
      code: "unexpected_answer",
    });
    expect(client.inbox.getSnapshot()).toMatchObject({
      unreadCount: 1,
      notifications: [{ read: false }, { read: true }],
    });
    await expect(client.inbox.markAllRead()).rejects.toMatchObject({ code: "unexpected_answer" });
    expect(client.inbox.getSnapshot()).toMatchObject({
      unreadCount: 1,
      notifications: [{ read: false }, { read: true }],
    });
    await network.remove();
  });

  test("after a disconnect the count is right and no notification is listed twice", async () => {
    const network = await startNetwork(server.port);
    admin = await open(server, server.admin);
    const who = await customer("lea");
    const client = await open(server, who, { baseUrl: network.url });
    const elsewhere = await open(server, who);
    await live(client, "socket");
    client.inbox.subscribe(() => undefined);
    const order = await placeOrder(client);
    await admin.orders.setStatus(order.id, "processing");
    await until(client.inbox, "one unread", (now) => now.unreadCount === 1);
    network.decide(() => "cut");
    network.cut();
    await until(client.connection, "it is lost", (now) => !now.isConnected);
    await until(elsewhere.inbox, "elsewhere", (now) => now.state === "ready" && now.unreadCount === 1);
    await elsewhere.inbox.markAllRead();
    for (const status of ["shipped", "paid"] as const) await admin.orders.setStatus(order.id, status);
    network.decide(() => "pass");
    client.connection.reconnect();
    const inbox = await until(
      client.inbox,
      "two unread",
      (now) => now.unreadCount === 2 && now.notifications.length === 4,
    );
    expect(inbox.notifications.map((line) => line.read)).toEqual([false, false, true, true]);
    expect(new Set(inbox.notifications.map((line) => line.id)).size).toBe(4);
    await network.remove();
  });
});
