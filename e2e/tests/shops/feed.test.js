// The change-feed shop's own frontend, with its own tokens, against Ordercast.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "../../support/browser.js";
import { crash } from "../../support/crash.js";
import { startNetwork } from "../../support/network.js";
import { startServerIn } from "../../support/server.js";
import { JWT_SECRET, signToken } from "../../support/token.js";
import { OrderPage, Profile, StoreDashboard } from "./clients/feed.js";

describe("the change-feed shop", () => {
  let server, network, asha, owner;

  before(async () => {
    server = await startServerIn({ JWT_SECRET }, "--dialect", "feed");
    network = await startNetwork(server.port);
    [asha, owner] = [
      { user: { id: 456, name: "Asha Rao", role: "customer" } },
      { user: { id: 7, name: "Mira Holm", role: "store_owner" } },
    ].map((claims) => server.shop.holder(signToken(claims)));
  });
  after(async () => {
    network?.remove();
    await server?.remove();
  });

  const open = async (context, Page, account, ...of) => {
    const browser = new Browser(context);
    const page = new Page(browser, network.url, account.token, ...of);
    await browser.shows("a live page", () => page.connection.status === "connected");
    await browser.handled();
    return { browser, page };
  };
  const openProfile = (context) => open(context, Profile, asha);
  const openDashboard = async (context) => {
    const dashboard = await open(context, StoreDashboard, owner);
    await dashboard.browser.shows("the store's counts", () => dashboard.page.stats);
    return dashboard;
  };
  const shows = ({ browser, page }, order, status) =>
    browser.shows(status, () => page.orders[order.id]?.status === status);
  const setDelivery = (order, delivery) => owner.call("PUT", `/api/v1/orders/${order.id}/delivery`, delivery);

  test("a page that opens shows no toast, and its counts are right", async (context) => {
    await owner.setStatus(await asha.order(), "processing");
    const [profile, dashboard] = [await openProfile(context), await openDashboard(context)];
    await profile.browser.shows("the customer's counts", () => profile.page.stats?.byStatus.processing === 1);
    const order = await asha.order();
    for (const side of [profile, dashboard]) {
      await shows(side, order, "pending");
      assert.equal(side.browser.toasts.length, 1, "for the new order only");
      assert.match(side.browser.toasts[0], new RegExp(`#${order.number}\\b`));
      assert.equal(side.page.unreadCount, 1);
      side.page.markAsRead(side.page.notifications[0].id);
      assert.equal(side.page.unreadCount, 0);
    }
    await profile.browser.shows("the customer's counts", () => profile.page.stats.total === 2);
  });

  test("a new order is complete on both pages", async (context) => {
    const sides = [await openProfile(context), await openDashboard(context)];
    const order = await asha.order();
    const placed = await asha.show(order);
    for (const side of sides) {
      await shows(side, order, "pending");
      const shown = side.page.orders[order.id];
      for (const member of ["createdAt", "shippingAddress", "items", "total"]) {
        assert.ok(shown[member], member);
        assert.deepEqual(shown[member], placed[member], member);
      }
    }
    assert.equal(sides[1].page.orders[order.id].customer.id, "456", "the shop's own id");
  });

  test("an order from placing to delivery: one notification for each status, and the delivery live", async (context) => {
    const [profile, dashboard] = [await openProfile(context), await openDashboard(context)];
    const order = await asha.order();
    for (const side of [profile, dashboard]) await shows(side, order, "pending");
    const delivered = dashboard.page.stats.byStatus.delivered;
    // The form in which the page names an order is the form in which it hears of it.
    const opened = await open(context, OrderPage, asha, Number(order.number));
    await owner.setStatus(order, "processing");
    await owner.setStatus(order, "shipped", { trackingNumber: "TR9" });
    const partner = { name: "Ravi", phone: "+912011112222" };
    await setDelivery(order, { partner });
    await setDelivery(order, { location: { latitude: 18.52, longitude: 73.85 } });
    await owner.setStatus(order, "paid");
    await owner.setStatus(order, "delivered");
    for (const side of [profile, dashboard]) await shows(side, order, "delivered");
    const statuses = ["processing", "shipped", "paid", "delivered"];
    for (const { browser, page } of [profile, dashboard]) {
      assert.deepEqual(
        page.notifications.map(({ status }) => status),
        ["pending", ...statuses].reverse(),
      );
      assert.equal(browser.toasts.length, page.notifications.length);
    }
    assert.equal(profile.page.orders[order.id].progress, 100);
    assert.deepEqual(profile.page.deliveries[order.id].partner, partner);
    for (const { page } of [profile, dashboard]) {
      const { latitude, longitude } = page.deliveries[order.id].location;
      assert.deepEqual([latitude, longitude], [18.52, 73.85]);
    }
    await opened.browser.shows("delivered", () => opened.page.order?.status === "delivered");
    assert.deepEqual(
      opened.page.timeline.map(({ status }) => status),
      statuses,
    );
    await dashboard.browser.shows("the counts", () => dashboard.page.stats.byStatus.delivered === delivered + 1);
  });

  test("a tracking number and an expected time are shown without a notification", async (context) => {
    const profile = await openProfile(context);
    const order = await asha.order();
    await owner.setStatus(order, "shipped");
    await shows(profile, order, "shipped");
    const opened = await open(context, OrderPage, asha, order.id);
    const estimatedDelivery = "2030-01-02T03:04:05Z";
    await owner.setStatus(order, "shipped", { trackingNumber: "TR10", estimatedDelivery });
    const delivery = await profile.browser.shows(
      "the tracking number",
      () => profile.page.deliveries[order.id]?.trackingNumber === "TR10" && profile.page.deliveries[order.id],
    );
    assert.equal(Date.parse(delivery.estimatedDelivery), Date.parse(estimatedDelivery));
    await opened.browser.shows("the tracking number", () => opened.page.order?.trackingNumber === "TR10");
    await owner.setStatus(order, "delivered");
    await shows(profile, order, "delivered");
    assert.equal(profile.browser.toasts.length, 3, "placed, shipped, delivered");
  });

  test("cancellations by the customer and by staff reach both pages", async (context) => {
    const sides = [await openProfile(context), await openDashboard(context)];
    const [own, theirs] = [await asha.order(), await asha.order()];
    await asha.cancel(own, "Ordered twice");
    await owner.cancel(theirs, "Sold out");
    for (const side of sides) {
      for (const order of [own, theirs]) await shows(side, order, "cancelled");
      assert.equal(side.browser.toasts.length, 4, "two orders, two cancellations");
    }
  });

  test("after kill -9 the open pages are live again and show what they missed, once", async (context) => {
    const [profile, dashboard] = [await openProfile(context), await openDashboard(context)];
    const order = await asha.order();
    for (const side of [profile, dashboard]) await shows(side, order, "pending");
    const opened = await open(context, OrderPage, asha, order.number);
    let missed;
    await crash(server, network, {
      before: () => owner.setStatus(order, "processing"),
      meanwhile: async () => {
        for (const { browser, page } of [profile, dashboard, opened]) {
          await browser.shows("the loss", () => page.connection.status === "lost");
        }
      },
      after: async () => {
        await owner.setStatus(order, "shipped");
        missed = await asha.order();
      },
    });
    for (const side of [profile, dashboard]) {
      await shows(side, order, "shipped");
      await shows(side, missed, "pending");
      assert.deepEqual([side.page.connection.status, side.page.connection.reconnects], ["connected", 1]);
    }
    await opened.browser.shows("shipped", () => opened.page.order?.status === "shipped");
    await opened.browser.handled();
    await owner.setStatus(order, "delivered");
    await asha.cancel(missed, "Too late");
    for (const side of [profile, dashboard]) {
      await shows(side, order, "delivered");
      await shows(side, missed, "cancelled");
      assert.deepEqual(side.page.notifications.map(({ orderNumber, status }) => [orderNumber, status]).reverse(), [
        [order.number, "pending"],
        [order.number, "processing"],
        [order.number, "shipped"],
        [missed.number, "pending"],
        [order.number, "delivered"],
        [missed.number, "cancelled"],
      ]);
      assert.equal(side.browser.toasts.length, 6);
    }
    await opened.browser.shows("delivered", () => opened.page.order.status === "delivered");
    assert.deepEqual(
      opened.page.timeline.map(({ orderId, status }) => [orderId, status]),
      ["processing", "shipped", "delivered"].map((status) => [order.number, status]),
    );
  });
});
