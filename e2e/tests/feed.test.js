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

        await customer.ask("join-order-tracking", order.id);
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
        assert.deepEqual(customer.all("order_stats_update"), []);
      });
    }

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
