// Which staff members view which order.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { live, open, placeOrder } from "./support/clients.js";
import { startNetwork } from "./support/network.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("presence", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  test("two staff members at one order see each other until one leaves or disconnects", async () => {
    const iris = await server.addUser("iris@example.com", "Iris", "staff");
    const network = await startNetwork(server.port);
    const asha = await open(server, server.asha);
    const one = await open(server, server.admin);
    const two = await open(server, iris, { baseUrl: network.url });
    await live(one, "socket");
    await live(two, "socket");
    const order = await placeOrder(asha);
    const [room, other] = [one.presence.of(order.id), two.presence.of(order.number)];
    const leave = room.subscribe(() => undefined);
    await until(room, "alone", (now) => now.isJoined && now.people.length === 1);
    const leaveToo = other.subscribe(() => undefined);
    expect((await until(room, "Iris came", (now) => now.others.length === 1)).others[0]?.name).toBe("Iris");
    expect((await until(other, "the admin is there", (now) => now.others.length === 1)).others[0]?.name).toBe("Admin");
    leaveToo();
    await until(room, "Iris left", (now) => now.others.length === 0);

    const back = other.subscribe(() => undefined);
    await until(room, "Iris is back", (now) => now.others.length === 1);
    network.decide(() => "cut");
    network.cut();
    await until(other, "nobody is known", (now) => !now.isJoined && now.people.length === 0);
    network.decide(() => "pass");
    two.connection.reconnect();
    await until(other, "joined again", (now) => now.isJoined);
    back();
    leave();
    await network.remove();
  });

  test("joining an order without permission is refused with a reason", async () => {
    const stranger = await server.addUser("noor@example.com", "Noor", "customer");
    const asha = await open(server, server.asha);
    const noor = await open(server, stranger);
    await live(noor, "socket");
    const order = await placeOrder(asha);
    const refused = await until(noor.presence.of(order.id), "refused", (now) => now.error !== null);
    expect(refused).toMatchObject({ isJoined: false, error: { code: "order_not_found", status: 404 } });
    await expect(
      noor.connection.ask("admin-status-update", { orderId: order.id, status: "shipped" }),
    ).rejects.toMatchObject({ name: "OrdercastProblem" });
    expect(await asha.orders.fetch(order.id)).toMatchObject({ status: "pending" });
  });

  test("an order joined by id and by number is left when both are unsubscribed", async () => {
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    await live(asha, "socket");
    const order = await placeOrder(asha);
    const statuses: unknown[] = [];
    asha.onMessage(
      ({ name, payload }) => name === "order-status-updated" && statuses.push((payload as { status: string }).status),
    );
    const byNumber = asha.presence.of(order.number);
    const left = byNumber.subscribe(() => undefined);
    await until(byNumber, "joined", (now) => now.isJoined);
    const byId = asha.presence.of(order.id);
    const leave = byId.subscribe(() => undefined);
    await until(byId, "joined by its other name", (now) => now.isJoined);
    left();
    // An observer that has not joined the order: joining would be a reason to stay.
    await expect.poll(() => byNumber.getSnapshot().isJoined, { timeout: 10_000 }).toBe(false);
    await admin.orders.setStatus(order.id, "processing");
    await asha.events.until("the change", (events) => events.some((event) => event.status === "processing"));
    expect(statuses).toContain("processing");
    leave();
  });

  test("a request over the socket is acknowledged, and visible in the messages", async () => {
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    await live(asha, "socket");
    await live(admin, "socket");
    const names: string[] = [];
    asha.onMessage(({ name }) => names.push(name));
    const order = await placeOrder(asha);
    expect(await asha.connection.ask("join-order-tracking", order.id)).toMatchObject({ ok: true, status: "pending" });
    expect(
      await admin.connection.ask("admin-status-update", { orderId: order.id, status: "processing" }),
    ).toMatchObject({ ok: true, live: 1 });
    await asha.events.until("the change", (events) => events.some((event) => event.status === "processing"));
    expect(names).toContain("order-status-updated");
    expect(
      asha.events.items.filter((event) => event.status === "processing"),
      "joined or not, one message",
    ).toHaveLength(1);
  });
});
