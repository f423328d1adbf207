// The Kafka shop's own frontend, with its own tokens, against Ordercast.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "../../support/browser.js";
import { crash } from "../../support/crash.js";
import { startNetwork } from "../../support/network.js";
import { startServerIn } from "../../support/server.js";
import { JWT_SECRET, signToken } from "../../support/token.js";
import { AdminOrders, MyOrders } from "./clients/standard.js";

const ASHA = { id: "64b7f3a2e4b0c8a1d2f3e4b5", name: "Asha Rao", email: "asha@shop.example", role: "user" };
const ADMIN = { id: "64b7f3a2e4b0c8a1d2f3e4b6", name: "Mira Holm", email: "mira@shop.example", role: "admin" };

describe("the Kafka shop", () => {
  let server, network, asha, admin;

  before(async () => {
    server = await startServerIn({ JWT_SECRET });
    network = await startNetwork(server.port);
    [asha, admin] = [ASHA, ADMIN].map((claims) => server.shop.holder(signToken(claims)));
  });
  after(async () => {
    network?.remove();
    await server?.remove();
  });

  /** Opens the page of one of the two and waits until it is live. */
  const open = async (context, Page, account) => {
    const browser = new Browser(context);
    const page = new Page(browser, network.url, account.token);
    await browser.shows("a live page", () => page.connected);
    return { browser, page };
  };
  const openBoth = async (context) => {
    const [customer, desk] = [await open(context, MyOrders, asha), await open(context, AdminOrders, admin)];
    await desk.browser.shows("the tiles", () => desk.page.tiles);
    return { customer, desk };
  };
  const status = ({ page }, order) => page.orders.find(({ id }) => id === order.id)?.status;
  const showsStatus = (side, order, expected) => side.browser.shows(expected, () => status(side, order) === expected);
  /** Waits until both sides show a new order. What they showed before is complete then. */
  const settle = async (...sides) => {
    const order = await asha.order();
    await Promise.all(sides.map((side) => showsStatus(side, order, "pending")));
    return order;
  };

  test("a page that opens is greeted with its role and shows no toast", async (context) => {
    await admin.setStatus(await asha.order(), "processing");
    const { customer, desk } = await openBoth(context);
    assert.deepEqual(
      [customer, desk].map(({ page }) => [page.greeting.message, page.greeting.role]),
      [
        ["Connected to real-time service", "user"],
        ["Connected to real-time service", "admin"],
      ],
    );
    const order = await settle(customer, desk);
    assert.deepEqual(customer.browser.toasts, ["success: Order placed"]);
    assert.deepEqual(desk.browser.toasts, [`success: New order #${order.number} from Asha Rao!`]);
  });

  test("a new order is complete on both pages, and its customer has the shop's id", async (context) => {
    const { customer, desk } = await openBoth(context);
    const order = await settle(customer, desk);
    const placed = await asha.show(order);
    for (const { page } of [customer, desk]) {
      const [shown] = page.orders;
      for (const member of ["createdAt", "shippingAddress", "items", "total"]) {
        assert.ok(shown[member], member);
        assert.deepEqual(shown[member], placed[member], member);
      }
    }
    assert.deepEqual(desk.page.orders[0].customer, { id: ASHA.id, name: ASHA.name, email: ASHA.email });
  });

  test("a customer whose token has no name is called customer", async (context) => {
    const desk = await open(context, AdminOrders, admin);
    const order = await server.shop.holder(signToken({ id: "64b7f3a2e4b0c8a1d2f3e4b7", role: "user" })).order();
    await showsStatus(desk, order, "pending");
    assert.deepEqual(desk.browser.toasts, [`success: New order #${order.number} from customer!`]);
  });

  test("an order from placing to delivery: one toast for each status, on the open pages", async (context) => {
    const { customer, desk } = await openBoth(context);
    const order = await settle(customer, desk);
    const tiles = desk.page.tiles.byStatus;
    await admin.setStatus(order, "processing");
    await admin.call("PUT", `/api/v1/orders/${order.id}/delivery`, {
      partner: { name: "Ravi", phone: "+912011112222" },
    });
    await admin.setStatus(order, "shipped", { trackingNumber: "TR1" });
    const location = { latitude: 18.52, longitude: 73.85 };
    await admin.call("PUT", `/api/v1/orders/${order.id}/delivery`, { location });
    await admin.setStatus(order, "paid");
    await admin.setStatus(order, "delivered");
    for (const side of [customer, desk]) await showsStatus(side, order, "delivered");
    assert.deepEqual(customer.browser.toasts, [
      "success: Order placed",
      "info: Order status: processing",
      "info: Order status: shipped",
      "success: Order status: paid",
      "success: Order status: delivered",
    ]);
    assert.deepEqual(
      customer.page.notifications.map(({ title, severity }) => `${severity}: ${title}`),
      [
        "success: Order delivered",
        "success: Payment received",
        "info: Order shipped",
        "info: Driver assigned",
        "info: Order in preparation",
        "success: Order placed",
      ],
      "the notification center has them all",
    );
    assert.equal(desk.browser.toasts.length, 1, "the admin is shown a toast for the new order only");
    await desk.browser.shows("the tiles", () => desk.page.tiles.byStatus.delivered === tiles.delivered + 1);
  });

  test("a cancellation by the customer: both pages and the tiles follow", async (context) => {
    const { customer, desk } = await openBoth(context);
    const order = await settle(customer, desk);
    const { cancelled } = desk.page.tiles.byStatus;
    await asha.cancel(order, "Ordered twice");
    for (const side of [customer, desk]) await showsStatus(side, order, "cancelled");
    assert.deepEqual(customer.browser.toasts, ["success: Order placed", "warning: Order cancelled"]);
    assert.equal(desk.browser.toasts.at(-1), `warning: Order #${order.number} cancelled by customer`);
    await desk.browser.shows("the tiles", () => desk.page.tiles.byStatus.cancelled === cancelled + 1);
  });

  test("a cancellation by staff: the customer is warned, the admins see who did it", async (context) => {
    const { customer, desk } = await openBoth(context);
    const order = await settle(customer, desk);
    await admin.cancel(order, "Sold out");
    for (const side of [customer, desk]) await showsStatus(side, order, "cancelled");
    assert.deepEqual(customer.browser.toasts, ["success: Order placed", "warning: Order cancelled"]);
    assert.equal(desk.browser.toasts.at(-1), `warning: Order #${order.number} cancelled by Mira Holm`);
  });

  test("after kill -9 the open pages are live again and show what they missed, once", async (context) => {
    const { customer, desk } = await openBoth(context);
    const order = await settle(customer, desk);
    let missed;
    await crash(server, network, {
      before: () => admin.setStatus(order, "processing"),
      meanwhile: async () => {
        for (const { browser, page } of [customer, desk]) await browser.shows("the loss", () => !page.connected);
      },
      after: async () => {
        await admin.setStatus(order, "shipped");
        missed = await asha.order();
      },
    });
    for (const side of [customer, desk]) {
      await showsStatus(side, order, "shipped");
      await showsStatus(side, missed, "pending");
      assert.equal(side.page.connected, true);
    }
    await admin.setStatus(order, "delivered");
    await asha.cancel(missed, "Too late");
    for (const side of [customer, desk]) {
      await showsStatus(side, order, "delivered");
      await showsStatus(side, missed, "cancelled");
      assert.deepEqual(
        side.page.orders.map(({ id }) => id),
        [missed.id, order.id],
      );
    }
    assert.deepEqual(customer.browser.toasts, [
      "success: Order placed",
      "info: Order status: processing",
      "info: Order status: shipped",
      "success: Order placed",
      "success: Order status: delivered",
      "warning: Order cancelled",
    ]);
    assert.deepEqual(desk.browser.toasts, [
      `success: New order #${order.number} from Asha Rao!`,
      `success: New order #${missed.number} from Asha Rao!`,
      `warning: Order #${missed.number} cancelled by customer`,
    ]);
  });
});
