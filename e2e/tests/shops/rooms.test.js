// The tracking-room shop's own frontend, with its own cookie, against Ordercast.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "../../support/browser.js";
import { crash } from "../../support/crash.js";
import { startNetwork } from "../../support/network.js";
import { startServerIn } from "../../support/server.js";
import { JWT_SECRET, signToken } from "../../support/token.js";
import { AdminStatus, OrderTracking } from "./clients/rooms.js";

const ORIGINS = ["https://shop.example", "http://localhost:5173"];

describe("the tracking-room shop", () => {
  let server, network, asha, ben, admin;

  before(async () => {
    const environment = { JWT_SECRET, CORS_ORIGIN: ORIGINS.join(","), ORDERCAST_TOKEN_COOKIES: "token" };
    server = await startServerIn(environment, "--dialect", "rooms");
    network = await startNetwork(server.port);
    [asha, ben, admin] = [
      { userId: 456, name: "Asha Rao", role: "customer" },
      { userId: 457, name: "Ben Okafor", role: "customer" },
      { userId: 1, name: "Mira Holm", role: "admin" },
    ].map((claims) => server.shop.holder(signToken(claims)));
  });
  after(async () => {
    network?.remove();
    await server?.remove();
  });

  const browserOf = (context, account, origin = ORIGINS[0]) =>
    new Browser(context, { origin, cookie: `theme=dark; token=${account.token}` });
  const open = async (context, account, orderId, origin) => {
    const browser = browserOf(context, account, origin);
    const page = new OrderTracking(browser, network.url, orderId);
    await browser.shows("a live page", () => page.connected);
    await browser.handled();
    return { browser, page, shows: (status) => browser.shows(status, () => page.order.status === status) };
  };
  const openDesk = async (context) => {
    const browser = browserOf(context, admin);
    const page = new AdminStatus(browser, network.url);
    await browser.shows("a live page", () => page.connected);
    return { browser, page };
  };
  const updates = (...statuses) => statuses.map((status) => `success: Order status updated to: ${status}`);

  for (const origin of ORIGINS) {
    test(`from placing to delivery on a page of ${origin}: one toast for each update`, async (context) => {
      const tracked = await asha.order();
      const [customer, desk] = [await open(context, asha, tracked.number, origin), await openDesk(context)];
      desk.page.update(tracked.number, "processing");
      await customer.shows("processing");
      const expected = "2030-01-02T03:04:05Z";
      await admin.setStatus(tracked, "shipped", { trackingNumber: "TR1", estimatedDelivery: expected });
      await customer.shows("shipped");
      assert.equal(customer.page.order.trackingNumber, "TR1");
      assert.equal(Date.parse(customer.page.order.estimatedDelivery), Date.parse(expected));
      await admin.call("PUT", `/api/v1/orders/${tracked.id}/delivery`, {
        partner: { name: "Ravi", phone: "+912011112222" },
        location: { latitude: 18.52, longitude: 73.85 },
      });
      desk.page.update(tracked.number, "delivered");
      await customer.shows("delivered");
      assert.equal(customer.page.order.trackingNumber, "TR1", "still shown");
      assert.deepEqual(customer.browser.toasts, updates("processing", "shipped", "delivered"));
      assert.deepEqual(
        desk.browser.toasts,
        ["processing", "delivered"].map(
          (status) => `success: Order status updated to ${status}. Customer will be notified in real-time!`,
        ),
      );
      const { status, updatedAt } = await asha.show(tracked);
      assert.deepEqual([status, updatedAt], ["delivered", customer.page.order.updatedAt], "stored, not just echoed");
    });
  }

  test("an order with the shop's own id, such as ORDER-123, is followed and changed by it", async (context) => {
    const tracked = await asha.order({ reference: "ORDER-123" });
    const [customer, desk] = [await open(context, asha, "ORDER-123"), await openDesk(context)];
    await admin.setStatus(tracked, "processing");
    await customer.browser.shows("a toast", () => customer.browser.toasts.length > 0);
    assert.deepEqual(customer.browser.toasts, updates("processing"));
    desk.page.update("ORDER-123", "shipped");
    await customer.shows("shipped");
    assert.deepEqual(customer.browser.toasts, updates("processing", "shipped"));
  });

  test("a page that opens shows no toast, and a tracking number alone is shown once", async (context) => {
    const tracked = await asha.order();
    await admin.setStatus(tracked, "shipped");
    const customer = await open(context, asha, tracked.number);
    await admin.setStatus(tracked, "shipped", { trackingNumber: "TR2" });
    await customer.browser.shows("the tracking number", () => customer.page.order.trackingNumber === "TR2");
    await admin.setStatus(tracked, "delivered");
    await customer.shows("delivered");
    assert.deepEqual(customer.browser.toasts, updates("shipped", "delivered"));
  });

  test("a cancellation reaches the open page", async (context) => {
    const [tracked, other] = [await asha.order(), await asha.order()];
    const [first, second] = [await open(context, asha, tracked.number), await open(context, asha, other.number)];
    await asha.cancel(tracked, "Ordered twice");
    await admin.cancel(other, "Sold out");
    for (const page of [first, second]) {
      await page.shows("cancelled");
      assert.deepEqual(page.browser.toasts, updates("cancelled"));
    }
  });

  test("many orders in one action: each customer is told of their own", async (context) => {
    const [hers, his] = [await asha.order(), await ben.order()];
    const [one, other] = [await open(context, asha, hers.number), await open(context, ben, his.number)];
    const desk = await openDesk(context);
    desk.page.updateAll([hers.number, his.number], "shipped");
    for (const page of [one, other]) {
      await page.shows("shipped");
      assert.deepEqual(page.browser.toasts, updates("shipped"));
    }
  });

  test("another customer's order cannot be followed or changed", async (context) => {
    const tracked = await asha.order();
    const [customer, stranger] = [await open(context, asha, tracked.number), await open(context, ben, tracked.number)];
    const intruder = browserOf(context, ben);
    new AdminStatus(intruder, network.url).update(tracked.number, "delivered");
    await intruder.shows("the refusal", () => intruder.toasts.at(-1)?.startsWith("error:"));
    await admin.setStatus(tracked, "processing");
    await customer.shows("processing");
    const own = await ben.order();
    const his = await open(context, ben, own.number);
    await admin.setStatus(own, "processing");
    await his.shows("processing");
    assert.deepEqual(customer.browser.toasts, updates("processing"));
    assert.equal(stranger.page.order.status, undefined);
    assert.deepEqual(
      stranger.browser.toasts.map((toast) => toast.split(":")[0]),
      ["error"],
    );
  });

  test("a page that was left is told nothing more", async (context) => {
    const tracked = await asha.order();
    const [left, watching] = [await open(context, asha, tracked.number), await open(context, asha, tracked.number)];
    await admin.setStatus(tracked, "processing");
    for (const page of [left, watching]) await page.shows("processing");
    left.page.close();
    await left.browser.handled();
    await admin.setStatus(tracked, "shipped");
    await watching.shows("shipped");
    await left.browser.handled();
    assert.equal(left.page.order.status, "processing");
  });

  test("after kill -9 the open page, which joined once, is live again and shows what it missed, once", async (context) => {
    const [tracked, quiet] = [await asha.order(), await asha.order()];
    const [customer, other, desk] = [
      await open(context, asha, tracked.number),
      await open(context, asha, quiet.number),
      await openDesk(context),
    ];
    desk.page.update(tracked.number, "processing");
    await customer.shows("processing");
    await crash(server, network, {
      before: () => admin.setStatus(tracked, "shipped", { trackingNumber: "TR3" }),
      meanwhile: async () => {
        for (const { browser, page } of [customer, other, desk]) {
          await browser.shows("the loss", () => !page.connected);
        }
      },
      after: async () => {
        await admin.setStatus(tracked, "paid");
      },
    });
    await customer.shows("paid");
    assert.equal(customer.page.order.trackingNumber, "TR3");
    for (const { browser, page } of [other, desk]) await browser.shows("a live page", () => page.connected);
    for (const each of [tracked, quiet]) desk.page.update(each.number, "delivered");
    for (const page of [customer, other]) await page.shows("delivered");
    assert.deepEqual(customer.browser.toasts, updates("processing", "shipped", "paid", "delivered"));
    assert.deepEqual(other.browser.toasts, updates("delivered"));
  });
});
