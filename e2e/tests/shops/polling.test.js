// The polling shop's own frontend, with its own session cookie, against Ordercast.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "../../support/browser.js";
import { crash } from "../../support/crash.js";
import { startNetwork } from "../../support/network.js";
import { startServerIn } from "../../support/server.js";
import { JWT_SECRET, signToken } from "../../support/token.js";
import { ManageOrders, TrackOrders } from "./clients/polling.js";

describe("the polling shop", () => {
  let server, network, asha, ben, admin;

  before(async () => {
    server = await startServerIn({ JWT_SECRET, ORDERCAST_TOKEN_COOKIES: "session" });
    network = await startNetwork(server.port);
    [asha, ben, admin] = [
      { sub: "u-456", name: "Asha Rao", email: "asha@shop.example", role: "user" },
      { sub: "u-457", name: "Ben Okafor", email: "ben@shop.example", role: "user" },
      { sub: "u-1", name: "Mira Holm", email: "mira@shop.example", role: "admin" },
    ].map((claims) => server.shop.holder(signToken(claims)));
  });
  after(async () => {
    network?.remove();
    await server?.remove();
  });

  const open = async (context, Page, account) => {
    const browser = new Browser(context, { origin: network.url, cookie: `session=${account.token}` });
    const page = new Page(browser);
    await browser.shows("the orders", () => page.orders);
    return { browser, page };
  };
  const openBoth = async (context) => [
    await open(context, TrackOrders, asha),
    await open(context, ManageOrders, admin),
  ];
  const shows = ({ browser, page }, { id }, status) => browser.shows(status, () => page.find(id)?.status === status);
  /** The statuses of an order's history. A step with a location repeats the status. */
  const statuses = ({ page }, { id }) => [...new Set(page.find(id).trackingHistory.map(({ status }) => status))];

  test("a page that opens shows no toast; the customer has only their own orders, newest first", async (context) => {
    const [first, foreign, second] = [await asha.order(), await ben.order(), await asha.order()];
    const [customer, panel] = await openBoth(context);
    const ids = ({ page }) => page.orders.map(({ id }) => id);
    assert.deepEqual(ids(customer), [second.id, first.id]);
    assert.deepEqual(ids(panel).slice(0, 3), [second.id, foreign.id, first.id]);
    const order = await asha.order();
    for (const side of [customer, panel]) await shows(side, order, "pending");
    assert.deepEqual(customer.browser.toasts, []);
    assert.deepEqual(panel.browser.toasts, ["success: New order received"]);
  });

  test("a new order is complete on both pages", async (context) => {
    const [customer, panel] = await openBoth(context);
    const order = await asha.order();
    const placed = await asha.show(order);
    for (const side of [customer, panel]) {
      await shows(side, order, "pending");
      const shown = side.page.find(order.id);
      for (const member of ["createdAt", "shippingAddress", "items", "total", "payment"]) {
        assert.ok(shown[member], member);
        assert.deepEqual(shown[member], placed[member], member);
      }
      assert.equal(shown.customer.id, "u-456", "the shop's own id");
    }
  });

  test("an order from placing to delivery: one toast for each status, and the delivery on the map", async (context) => {
    const [customer, panel] = await openBoth(context);
    const order = await asha.order();
    for (const side of [customer, panel]) await shows(side, order, "pending");
    const deliveryPartner = { name: "Ravi", phone: "+912011112222" };
    const steps = [
      { status: "processing" },
      { status: "shipped", deliveryPartner },
      { status: "shipped", location: { lat: 18.52, lng: 73.85 } },
      { status: "shipped", location: { lat: 18.53, lng: 73.86 } },
      { status: "delivered" },
    ];
    for (const step of steps) {
      await panel.page.updateTracking(order.id, step);
      await shows(customer, order, step.status);
      const { lat, lng } = step.location ?? {};
      if (step.location) {
        await customer.browser.shows(
          "the marker",
          () => `${customer.page.delivery(order.id).marker}` === `${[lat, lng]}`,
        );
      }
    }
    assert.deepEqual(customer.page.delivery(order.id), { marker: [18.53, 73.86], ...deliveryPartner });
    assert.deepEqual(customer.browser.toasts, [
      "info: Your order is processing",
      "info: Your order is shipped",
      "info: Your order is delivered",
    ]);
    await shows(panel, order, "delivered");
    assert.deepEqual(panel.browser.toasts, ["success: New order received"], "and nothing failed");
    for (const side of [customer, panel]) {
      const steps = side.page.find(order.id).trackingHistory;
      assert.deepEqual(
        steps.filter(({ location }) => location).map(({ location }) => [location.latitude, location.longitude]),
        [
          [18.52, 73.85],
          [18.53, 73.86],
        ],
      );
      assert.deepEqual(statuses(side, order), ["pending", "processing", "shipped", "delivered"]);
    }
  });

  test("a cancellation reaches both pages", async (context) => {
    const [customer, panel] = await openBoth(context);
    const [own, theirs] = [await asha.order(), await asha.order()];
    for (const order of [own, theirs]) await shows(customer, order, "pending");
    await asha.cancel(own, "Ordered twice");
    await panel.page.updateTracking(theirs.id, { status: "cancelled" });
    for (const side of [customer, panel]) for (const order of [own, theirs]) await shows(side, order, "cancelled");
    assert.deepEqual(customer.browser.toasts, Array(2).fill("info: Your order is cancelled"));
  });

  test("many orders at once all appear, each once", async (context) => {
    const [customer, panel] = await openBoth(context);
    const orders = await Promise.all(Array.from({ length: 20 }, () => asha.order()));
    for (const side of [customer, panel]) for (const order of orders) await shows(side, order, "pending");
    await Promise.all(orders.map(({ id }) => panel.page.updateTracking(id, { status: "shipped" })));
    for (const side of [customer, panel]) for (const order of orders) await shows(side, order, "shipped");
    assert.deepEqual(panel.browser.toasts, Array(20).fill("success: New order received"));
    assert.deepEqual(customer.browser.toasts, Array(20).fill("info: Your order is shipped"));
  });

  test("a customer cannot update the tracking", async (context) => {
    const customer = await open(context, TrackOrders, asha);
    const intruder = await open(context, ManageOrders, ben);
    const order = await asha.order();
    await intruder.page.updateTracking(order.id, { status: "delivered" });
    assert.deepEqual(intruder.browser.toasts, ["error: Failed to update tracking"]);
    await shows(customer, order, "pending");
    assert.equal(intruder.page.find(order.id), undefined);
  });

  test("after kill -9 the open pages are live again, with orders, history and what they missed", async (context) => {
    const [customer, panel] = await openBoth(context);
    const order = await asha.order();
    for (const side of [customer, panel]) await shows(side, order, "pending");
    await panel.page.updateTracking(order.id, { status: "processing" });
    await shows(customer, order, "processing");
    let missed;
    await crash(server, network, {
      before: () =>
        admin.call("PUT", "/api/orders/tracking", { orderId: order.id, location: { lat: 18.52, lng: 73.85 } }),
      meanwhile: async () => {
        for (const { browser, page } of [customer, panel]) await browser.shows("the loss", () => page.error);
      },
      after: async () => {
        await admin.setStatus(order, "shipped");
        missed = await asha.order();
      },
    });
    for (const side of [customer, panel]) {
      await shows(side, order, "shipped");
      await shows(side, missed, "pending");
      assert.equal(side.page.error, undefined);
      assert.deepEqual(statuses(side, order), ["pending", "processing", "shipped"]);
    }
    await panel.page.updateTracking(order.id, { status: "delivered" });
    await shows(customer, order, "delivered");
    assert.deepEqual(customer.page.delivery(order.id).marker, [18.52, 73.85]);
    assert.deepEqual(customer.browser.toasts, [
      "info: Your order is processing",
      "info: Your order is shipped",
      "info: Your order is delivered",
    ]);
    assert.deepEqual(panel.browser.toasts, Array(2).fill("success: New order received"));
  });
});
