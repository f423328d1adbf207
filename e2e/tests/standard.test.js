// The dialect `standard`, with `auth.token`.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CLIENTS, open, TRANSPORTS } from "../support/client.js";
import { startServer } from "../support/server.js";

describe("standard", () => {
  let server, admin, asha;

  before(async () => {
    server = await startServer();
    [admin, asha] = await Promise.all([server.admin(), server.asha()]);
  });

  after(() => server?.remove());

  const client = (context, account, options, version) =>
    open(context, server.url, { auth: { token: account.token }, ...options }, version);

  for (const version of Object.keys(CLIENTS)) {
    for (const [name, transports] of Object.entries(TRANSPORTS)) {
      test(`with socket.io-client ${version}, ${name}`, async (context) => {
        const [customer, staff] = [asha, admin].map((who) => client(context, who, { transports }, version));
        const [user, desk] = await Promise.all([customer.event("connected"), staff.event("connected")]);
        assert.equal(user.message, "Connected to real-time service");
        assert.deepEqual([user.role, desk.role], ["user", "admin"]);

        const order = await asha.order();
        const mine = ({ orderId }) => orderId === order.id;
        const created = await customer.event("order:created", mine);
        const seen = await staff.event("admin:order:created", mine);
        assert.deepEqual([created.status, created.version, created.orderNumber], ["pending", 1, order.number]);
        assert.equal(seen.eventId, created.eventId);
        assert.equal(seen.customer.name, "Asha Rao");

        await admin.setStatus(order, "processing");
        const updated = await customer.event("order:updated", mine);
        assert.deepEqual([updated.status, updated.previousStatus, updated.version], ["processing", "pending", 2]);
        assert.equal(updated.order.id, order.id);
        assert.equal((await staff.event("admin:order:updated", mine)).eventId, updated.eventId);
        await customer.upgraded(transports?.[0] ?? "websocket");
      });
    }
  }

  test("the customer cancels", async (context) => {
    const [customer, staff] = [client(context, asha), client(context, admin)];
    await Promise.all([customer.event("connected"), staff.event("connected")]);
    const order = await asha.order();
    await asha.cancel(order, "Ordered twice");
    const received = await customer.event("order:cancelled", ({ orderId }) => orderId === order.id);
    const seen = await staff.event("admin:order:cancelled", ({ orderId }) => orderId === order.id);
    assert.deepEqual(
      [received.status, received.actor.origin, received.reason],
      ["cancelled", "customer", "Ordered twice"],
    );
    assert.equal(seen.actor.id, asha.user.id);
  });

  test("staff cancel: the customer also gets a notification, without the staff member's name", async (context) => {
    const [customer, staff] = [client(context, asha), client(context, admin)];
    await Promise.all([customer.event("connected"), staff.event("connected")]);
    const order = await asha.order();
    await admin.cancel(order, "Sold out");
    const received = await customer.event("order:cancelled", ({ orderId }) => orderId === order.id);
    assert.deepEqual([received.actor.origin, received.actor.name, received.actor.id], ["staff", undefined, undefined]);
    const line = await customer.event(
      "notification",
      ({ orderId, status }) => orderId === order.id && status === "cancelled",
    );
    assert.equal(line.severity, "warning");
    assert.equal(line.read, false);
    const seen = await staff.event("admin:order:cancelled", ({ orderId }) => orderId === order.id);
    assert.equal(seen.actor.id, admin.user.id);
  });

  test("staff get the counts, customers do not", async (context) => {
    const [customer, staff] = [client(context, asha), client(context, admin)];
    await customer.event("connected");
    const before = await staff.event("stats:updated");
    await asha.order();
    const after = await staff.event("stats:updated", ({ total }) => total > before.total);
    assert.equal(after.total, before.total + 1);
    assert.deepEqual(customer.all("stats:updated"), []);
  });

  test("a notification read in one tab is read in the other", async (context) => {
    const [first, second] = [client(context, asha), client(context, asha)];
    await Promise.all([first.event("connected"), second.event("connected")]);
    const order = await asha.order();
    await admin.setStatus(order, "processing");
    const line = await first.event("notification", ({ orderId, read }) => orderId === order.id && !read);
    await asha.call("POST", `/api/v1/notifications/${line.id}/read`);
    const read = await second.event("notifications:read", ({ ids }) => ids.includes(line.id));
    assert.equal(typeof read.unread, "number");
    await asha.call("POST", "/api/v1/notifications/read-all");
    assert.equal((await second.event("notifications:read", ({ unread }) => unread === 0)).unread, 0);
  });

  test("staff see who views an order, customers do not", async (context) => {
    const order = await asha.order();
    const [first, second, customer] = [client(context, admin), client(context, admin), client(context, asha)];
    await Promise.all([first, second, customer].map((each) => each.event("connected")));
    await customer.ask("join-order-tracking", order.id);
    await first.ask("join-order-tracking", order.id);
    const looking = await second.event("order:presence", ({ orderNumber }) => orderNumber === order.number);
    assert.deepEqual(
      looking.people.map(({ id }) => id),
      [admin.user.id],
    );
    first.socket.close();
    await second.event(
      "order:presence",
      ({ orderNumber, people }) => orderNumber === order.number && people.length === 0,
    );
    const third = client(context, admin);
    await third.event("connected");
    await second.ask("join-order-tracking", order.id);
    await third.event("order:presence", ({ people }) => people.length === 1);
    const { mark } = third;
    await third.ask("join-order-tracking", order.id);
    await third.event("order:presence", ({ people }) => people.length === 1, mark);
    assert.deepEqual(customer.all("order:presence"), []);
  });

  test("a customer gets no events of another customer's orders", async (context) => {
    const ben = await server.shop.register("ben-of-standard");
    const stranger = client(context, ben);
    await stranger.event("connected");
    const order = await asha.order();
    await admin.setStatus(order, "processing");
    const own = await ben.order();
    await stranger.event("order:created", ({ orderId }) => orderId === own.id);
    assert.deepEqual(
      stranger.received.filter(({ payload }) => payload?.orderId === order.id),
      [],
    );
  });

  test("an invalid or missing token is refused permanently", async (context) => {
    for (const auth of [{ token: "none" }, undefined]) {
      const nobody = open(context, server.url, { auth });
      const { error } = await nobody.news("connect_error");
      assert.equal(typeof error.data.code, "string");
      assert.equal(nobody.socket.active, false, "it does not try again");
    }
  });
});
