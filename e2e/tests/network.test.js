// A network that stalls, cuts in the middle of a frame, and leaves dead connections on the server.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open } from "../support/client.js";
import { startNetwork } from "../support/network.js";
import { startServer } from "../support/server.js";

const ORDERS = 30;
const ROUNDS = 12;

describe("a bad network", () => {
  let server, network;

  before(async () => {
    // A client that loses its WebSocket in the middle of an upgrade neither polls nor notices. Its heartbeat does.
    const heartbeat = ["--ping-interval", "5s", "--ping-timeout", "5s"];
    server = await startServer("--max-streams-per-user", "1000", "--max-streams-per-address", "1000", ...heartbeat);
    network = await startNetwork(server.port);
  });
  after(async () => {
    network?.remove();
    await server?.remove();
  });

  test("each client gets every event once and in version order", async (context) => {
    const [admin, asha] = await Promise.all([server.admin(), server.asha()]);
    const auth = { token: asha.token };
    const desk = { token: admin.token };
    const clients = {
      customer: open(context, network.url, { auth }),
      "customer, WebSocket": open(context, network.url, { auth, transports: ["websocket"] }),
      "customer, polling": open(context, network.url, { auth, transports: ["polling"] }),
      "customer, 4.6": open(context, network.url, { auth }, "4.6"),
      "customer, 4.7, WebSocket": open(context, network.url, { auth, transports: ["websocket"] }, "4.7"),
      "customer, feed": open(context, network.url, { auth: { ...auth, dialect: "feed" } }),
      "customer, rooms": open(context, network.url, { auth: { ...auth, dialect: "rooms" }, transports: ["websocket"] }),
      staff: open(context, network.url, { auth: desk }),
      "staff, polling": open(context, network.url, { auth: desk, transports: ["polling"] }),
    };
    const names = {
      standard: ["order:created", "order:updated", "admin:order:created", "admin:order:updated"],
      feed: ["customer_order_update"],
      rooms: ["order-status-updated"],
    };
    const named = (name) => names[name.split(", ").find((part) => part in names) ?? "standard"];
    await Promise.all(Object.values(clients).map((client) => client.news("connect")));

    const orders = [];
    for (let made = 0; made < ORDERS; made++) orders.push(await asha.order());
    const rooms = clients["customer, rooms"];
    const joined = await Promise.all(orders.map((order) => rooms.ask("join-order-tracking", order.id)));
    assert.ok(joined.every(({ ok }) => ok));

    const versions = new Map();
    const troubles = [
      () => network.stall(),
      () => network.flow(),
      () => network.cutWithin(),
      () => network.cut(),
      () => {
        network.stall();
        network.cut();
        network.flow();
      },
      () => network.cutWithin(),
    ];
    const change = async (order, round) => {
      const status = round % 2 ? "processing" : "shipped";
      versions.set(order.id, (await admin.setStatus(order, status, { reason: "Counted again" })).version);
    };
    const wasCut = (client) => client.received.some(({ name }) => name === "disconnect");
    // Long polling may have nothing on the wire at the moment of a cut, so rounds continue until every client was cut.
    for (let round = 0; round < ROUNDS || (round < 100 && !Object.values(clients).every(wasCut)); round++) {
      const changes = orders.map(async (order, index) => {
        await change(order, round);
        if (index === ORDERS / 2) troubles[round % troubles.length]();
      });
      await Promise.all(changes);
      // Every client reconnects before the next round.
      if (!network.isStalled) await Promise.all(Object.values(clients).map((client) => client.connected()));
    }
    network.flow();

    await Promise.all(
      Object.entries(clients).map(async ([name, client]) => {
        const received = () =>
          client.received.filter((entry) => named(name).includes(entry.name) && versions.has(entry.payload.orderId));
        await client.until(
          `${name}: the last event of each order`,
          () => {
            const newest = new Map(received().map(({ payload }) => [payload.orderId, payload.version]));
            return orders.every(({ id }) => newest.get(id) === versions.get(id));
          },
          30_000,
        );
        assert.ok(wasCut(client), `${name} was cut`);
        const ids = received().flatMap(({ payload }) => payload.eventId ?? []);
        assert.equal(new Set(ids).size, ids.length, `${name} got an event twice`);
        for (const { id } of orders) {
          const seen = received()
            .filter(({ payload }) => payload.orderId === id)
            .map(({ payload }) => payload.version);
          // The first version of a joined order is in the acknowledgement.
          const first = name === "customer, rooms" ? 2 : 1;
          const expected = Array.from({ length: versions.get(id) - first + 1 }, (_, index) => first + index);
          assert.deepEqual(seen, expected, `${name}: versions of one order`);
        }
      }),
    );
  });
});

describe("a network that goes silent", () => {
  let server, network;

  before(async () => {
    server = await startServer("--ping-interval", "1s", "--ping-timeout", "1s");
    network = await startNetwork(server.port);
  });
  after(async () => {
    network?.remove();
    await server?.remove();
  });

  test("a client without recovery is told what was sent into the silence", async (context) => {
    const [admin, asha] = await Promise.all([server.admin(), server.asha()]);
    const order = await asha.order();
    const options = { auth: { token: asha.token, dialect: "rooms" }, transports: ["websocket"] };
    const client = open(context, network.url, options, "4.5");
    await client.ask("join-order-tracking", order.id);
    network.stall();
    await admin.setStatus(order, "processing");
    await server.says(/disconnected .*ping_timeout/);
    network.cut();
    network.flow();
    const told = await client.event("order-status-updated");
    assert.equal(told.status, "processing");
    assert.equal(client.all("order-status-updated").length, 1);
  });
});
