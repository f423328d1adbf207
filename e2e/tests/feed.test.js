// The dialect `feed`, with `auth.token`.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, TRANSPORTS } from "../support/client.js";
import { startServer } from "../support/server.js";

for (const [how, options, auth] of [
  ["the client's own choice", [], { dialect: "feed" }],
  ["the server's option", ["--dialect", "feed"], {}],
]) {
  describe(`feed, by ${how}`, () => {
    let server, admin, asha;

    before(async () => {
      server = await startServer(...options);
      [admin, asha] = await Promise.all([server.admin(), server.asha()]);
    });
    after(() => server?.remove());

    const client = async (context, account, transports) => {
      const opened = open(context, server.url, { auth: { token: account.token, ...auth }, transports });
      const status = await opened.event("connection_status");
      assert.equal(status.status, "connected");
      return opened;
    };

    for (const [name, transports] of Object.entries(TRANSPORTS)) {
      test(`customers and staff get the events of the dialect, ${name}`, async (context) => {
        const customer = await client(context, asha, transports);
        const staff = await client(context, admin, transports);
        const counts = await staff.event("order_stats_update");
        const order = await asha.order();
        const mine = ({ orderId }) => orderId === order.id;
        await customer.event("customer_order_update", mine);
        assert.equal((await staff.event("order_notification", mine)).orderNumber, order.number);
        assert.equal(
          (await staff.event("order_stats_update", ({ total }) => total > counts.total)).total,
          counts.total + 1,
        );

        const own = await customer.event("order_stats_update", ({ byStatus }) => byStatus.pending > 0);
        assert.equal(
          own.total,
          Object.values(own.byStatus).reduce((sum, count) => sum + count),
        );

        await customer.ask("join_order", order.id);
        await admin.setStatus(order, "shipped", { trackingNumber: "TR9" });
        const shipped = (payload) => mine(payload) && payload.status === "shipped";
        const update = await customer.event("customer_order_update", shipped);
        assert.deepEqual([update.trackingNumber, update.version, typeof update.timestamp], ["TR9", 2, "string"]);
        const line = await customer.event("customer_notification", shipped);
        assert.deepEqual([line.read, typeof line.message, typeof line.type], [false, "string", "string"]);
        assert.equal((await customer.event("single_order_update", shipped)).eventId, update.eventId);
        await customer.event("order_notification", shipped);

        await admin.call("PUT", `/api/v1/orders/${order.id}/delivery`, {
          partner: { name: "Ravi", phone: "+912011112222" },
        });
        const delivery = await customer.event("delivery_update", mine);
        assert.equal(delivery.partner.name, "Ravi");
      });
    }

    test("the customer follows their own order without joining it", async (context) => {
      const customer = await client(context, asha);
      const order = await asha.order();
      await admin.setStatus(order, "processing");
      const update = await customer.event("single_order_update", ({ orderId }) => orderId === order.id);
      assert.equal(update.status, "processing");
      await customer.event("customer_order_update", ({ status }) => status === "processing");
      assert.deepEqual(customer.all("order_notification"), [], "nothing is listed twice");
    });

    test("a customer gets the counts of their own orders, as they change", async (context) => {
      const cleo = await server.shop.register("cleo");
      const customer = await client(context, cleo);
      assert.equal((await customer.event("order_stats_update")).total, 0);
      const order = await cleo.order();
      await asha.order();
      await customer.event("order_stats_update", ({ total, byStatus }) => total === 1 && byStatus.pending === 1);
      await admin.setStatus(order, "delivered");
      const counts = await customer.event("order_stats_update", ({ byStatus }) => byStatus.delivered === 1);
      assert.deepEqual([counts.total, counts.active, counts.byStatus.pending], [1, 0, 0]);
      assert.equal(counts.revenue, undefined, "that is the store's");
    });

    test("the usual names of a join are accepted", async (context) => {
      const order = await asha.order();
      for (const [join, leave] of [
        ["join_order", "leave_order"],
        ["join-order", "leave-order"],
        ["joinOrder", "leaveOrder"],
        ["join_order_room", "leave_order_room"],
        ["track_order", "untrack_order"],
      ]) {
        const customer = await client(context, asha);
        assert.equal((await customer.ask(join, order.id)).ok, true, join);
        assert.equal((await customer.ask(leave, { orderId: order.id })).ok, true, leave);
      }
    });

    test("events of another customer's orders are not received, and joining is refused", async (context) => {
      const ben = await server.shop.register("ben");
      const stranger = await client(context, ben);
      const order = await asha.order();
      assert.equal((await stranger.ask("join-order-tracking", order.id)).error.code, "order_not_found");
      await admin.setStatus(order, "processing");
      const own = await ben.order();
      await stranger.event("customer_order_update", ({ orderId }) => orderId === own.id);
      assert.deepEqual(
        stranger.received.filter(({ payload }) => payload?.orderId === order.id),
        [],
      );
    });

    test("an unknown dialect is refused", async (context) => {
      const opened = open(context, server.url, { auth: { token: asha.token, dialect: "klingon" } });
      assert.equal((await opened.news("connect_error")).error.data.code, "unknown_dialect");
    });
  });
}

test("namespaces that mean / are an option, and so are the names of a join", async (context) => {
  const server = await startServer("--namespaces", "api,/live/", "--join-events", "join_delivery");
  context.after(() => server.remove());
  const asha = await server.asha();
  const order = await asha.order();
  const auth = { token: asha.token };
  for (const namespace of ["", "/api", "/live"]) {
    const client = open(context, server.url + namespace, { auth });
    await client.event("connected");
    assert.equal((await client.ask("join_delivery", order.id)).ok, true);
    assert.equal((await client.ask("join_order", order.id)).error.code, "unknown_event");
    await client.ask("leave_delivery", order.id);
  }
  const { error } = await open(context, `${server.url}/other`, { auth }).news("connect_error");
  assert.equal(error.message, "Invalid namespace");
});
