// The dialect `rooms`: the session cookie authenticates, and clients join orders.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, TRANSPORTS } from "../support/client.js";
import { startServer } from "../support/server.js";

describe("rooms", () => {
  let server, admin, asha, stranger;

  before(async () => {
    server = await startServer("--dialect", "rooms");
    [admin, asha, stranger] = await Promise.all([server.admin(), server.asha(), server.shop.register("ben")]);
  });
  after(() => server?.remove());

  const client = async (context, account, options) => {
    const opened = open(context, server.url, {
      extraHeaders: { cookie: account.cookie },
      withCredentials: true,
      ...options,
    });
    await opened.event("connected");
    return opened;
  };

  test("a page that cannot read its cookie, and sends an empty token, is signed in by the cookie", async (context) => {
    for (const token of ["", "undefined", "null", " ", "Bearer undefined"])
      await client(context, asha, { auth: { token }, extraHeaders: { cookie: asha.cookie } });
    const kept = await client(context, stranger, { auth: { token: `bearer ${asha.token}` }, extraHeaders: {} });
    const order = await asha.order();
    assert.equal((await kept.ask("join-order-tracking", order.id)).orderId, order.id);
  });

  for (const [name, transports] of Object.entries(TRANSPORTS)) {
    test(`a joined order is followed, and staff change its status, ${name}`, async (context) => {
      const order = await asha.order();
      const customer = await client(context, asha, { transports });
      const staff = await client(context, admin, { transports });
      const shown = await customer.ask("join-order-tracking", order.id);
      assert.deepEqual([shown.orderId, shown.status], [order.id, "pending"], "the current status, immediately");

      const answer = await staff.ask("admin-status-update", { orderId: order.id, status: "processing" });
      assert.deepEqual([answer.ok, answer.status, answer.orderId], [true, "processing", order.id]);
      const received = await customer.event("order-status-updated");
      assert.deepEqual([received.orderId, received.status], [order.id, "processing"], "the first event is a change");
      assert.ok(!Number.isNaN(Date.parse(received.updatedAt)));
      assert.equal((await asha.show(order)).status, "processing", "stored, not just echoed");

      await admin.setStatus(order, "shipped", { trackingNumber: "TR1", estimatedDelivery: "2030-01-02T03:04:05Z" });
      const shipped = await customer.event("order-status-updated", ({ status }) => status === "shipped");
      assert.equal(shipped.trackingNumber, "TR1");
      assert.equal(Date.parse(shipped.estimatedDelivery), Date.parse("2030-01-02T03:04:05Z"));

      await admin.setStatus(order, "delivered");
      const later = await customer.event("order-status-updated", ({ status }) => status === "delivered");
      assert.deepEqual(
        [later.trackingNumber, later.estimatedDelivery],
        [shipped.trackingNumber, shipped.estimatedDelivery],
      );
    });
  }

  test("joining twice delivers once, and after leaving nothing comes", async (context) => {
    const [order, last] = [await asha.order(), await asha.order()];
    const customer = await client(context, asha);
    for (const name of [order.id, order.id, order.number, { orderId: order.id }]) {
      assert.equal((await customer.ask("join-order-tracking", name)).ok, true);
    }
    await customer.ask("join-order-tracking", last.id);
    await admin.setStatus(order, "processing");
    await customer.event("order-status-updated", ({ status }) => status === "processing");
    assert.equal((await customer.ask("leave-order-tracking", order.id)).ok, true);
    await admin.setStatus(order, "shipped");
    await admin.setStatus(last, "processing");
    await customer.event(
      "order-status-updated",
      ({ orderId, status }) => orderId === last.id && status === "processing",
    );
    const changes = customer
      .all("order-status-updated")
      .filter(({ orderId, version }) => orderId === order.id && version > 1);
    assert.deepEqual(
      changes.map(({ status }) => status),
      ["processing"],
    );
  });

  test("joining an order needs permission to see it", async (context) => {
    const order = await asha.order();
    const other = await client(context, stranger);
    for (const name of [order.id, order.number]) {
      const { ok, error } = await other.ask("join-order-tracking", name);
      assert.deepEqual([ok, error.code], [false, "order_not_found"]);
    }
    other.socket.emit("join-order-tracking", order.id);
    const refused = await other.event("error");
    assert.deepEqual(
      [refused.event, refused.code, refused.argument],
      ["join-order-tracking", "order_not_found", order.id],
    );
    await admin.setStatus(order, "processing");
    const own = await stranger.order();
    await other.ask("join-order-tracking", own.id);
    await admin.setStatus(own, "processing");
    await other.event("order-status-updated", ({ status }) => status === "processing");
    assert.deepEqual(
      other.received.filter(({ payload }) => payload?.orderId === order.id),
      [],
    );
  });

  test("a customer cannot set a status", async (context) => {
    const order = await asha.order();
    const customer = await client(context, asha);
    await customer.ask("join-order-tracking", order.id);
    const requested = { orderId: order.id, status: "delivered" };
    const { ok, error } = await customer.ask("admin-status-update", requested);
    assert.deepEqual([ok, error.code], [false, "forbidden"]);
    customer.socket.emit("admin-status-update", requested);
    const refused = await customer.event("error");
    assert.deepEqual([refused.event, refused.code, refused.argument], ["admin-status-update", "forbidden", requested]);
    const { status, version } = await asha.show(order);
    assert.deepEqual([status, version], ["pending", 1], "nothing changed");
  });

  test("an invalid request is refused and does not disconnect", async (context) => {
    const staff = await client(context, admin);
    for (const [event, argument] of [
      ["join-order-tracking", null],
      ["join-order-tracking", { orderId: ["x"] }],
      ["admin-status-update", { orderId: "1" }],
      ["admin-status-update", "cancelled"],
      ["no-such-event", {}],
    ]) {
      const { ok, error } = await staff.ask(event, argument);
      assert.deepEqual([ok, typeof error.code, typeof error.message], [false, "string", "string"]);
    }
    assert.equal(staff.socket.connected, true);
  });
});
