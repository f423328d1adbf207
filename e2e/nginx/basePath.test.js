// Ordercast under a path of a host, behind a real nginx.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { open, TRANSPORTS } from "../support/client.js";
import { startServer } from "../support/server.js";
import { within } from "../support/within.js";
import { events } from "./events.js";
import { REMOVING_THE_PATH, startNginx, UNDER_A_PATH } from "./nginx.js";

const FRONTS = { "docs/nginx-path.conf": UNDER_A_PATH, "a front that removes the path": REMOVING_THE_PATH };

for (const [name, configuration] of Object.entries(FRONTS)) {
  describe(`under /shop/ behind ${name}`, () => {
    const start = async (context) => {
      const server = await startServer("--trusted-proxies", "127.0.0.1/32", "--base-path", "/shop");
      context.after(() => server.remove());
      return { server, nginx: await startNginx(context, server, configuration) };
    };

    test("pages, their files, the API and the documents are below /shop/", async (context) => {
      const { nginx } = await start(context);
      for (const path of ["/shop/", "/shop/orders/1"]) {
        const page = await nginx.request({ path, headers: { accept: "text/html" } });
        assert.equal(page.status, 200);
        const links = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link]) => link);
        assert.ok(links.length > 5, page.text);
        for (const link of links) {
          assert.match(link, /^\/shop\//);
          assert.equal((await nginx.request({ path: link })).status, 200, link);
        }
      }
      for (const path of ["/shop/api/v1/config", "/shop/sw.js", "/shop/docs/", "/shop/health/ready"])
        assert.equal((await nginx.request({ path, headers: { accept: "*/*" } })).status, 200, path);
      for (const path of ["/orders", "/api/v1/config", "/shopping/"])
        assert.equal((await nginx.request({ path })).status, 404, path);
      const root = await nginx.request({ path: "/shop" });
      assert.ok([301, 307].includes(root.status));
      assert.match(root.headers.location, /\/shop\/$/);
    });

    test("a browser signs in with a cookie for /shop, orders, and gets the order's address", async (context) => {
      const { server, nginx } = await start(context);
      const signedIn = await nginx.request({
        method: "POST",
        path: "/shop/api/v1/auth/login",
        headers: { "content-type": "application/json", origin: nginx.url },
        body: JSON.stringify({ email: "asha@example.com", password: "lantern-street" }),
      });
      assert.equal(signedIn.status, 200, signedIn.text);
      const [cookie] = signedIn.headers["set-cookie"];
      assert.match(cookie, /^ordercast_session\.shop=.*; Secure; Path=\/shop;/);
      const [product] = (await (await server.asha()).call("GET", "/api/v1/products")).products;
      const address = { name: "Asha Rao", phone: "+912012345678", line1: "1 Lantern Street" };
      const placed = await nginx.request({
        method: "POST",
        path: "/shop/api/v1/orders",
        headers: { "content-type": "application/json", origin: nginx.url, cookie: cookie.split(";")[0] },
        body: JSON.stringify({
          items: [{ productId: product.id, quantity: 1 }],
          shippingAddress: { ...address, city: "Pune", postalCode: "411001", country: "IN" },
          paymentMethod: "cash_on_delivery",
        }),
      });
      assert.equal(placed.status, 201, placed.text);
      assert.equal(placed.headers.location, `/shop/api/v1/orders/${JSON.parse(placed.text).id}`);
      const { location } = placed.headers;
      const shown = await nginx.request({ path: location, headers: { cookie: cookie.split(";")[0] } });
      assert.equal(shown.status, 200, shown.text);
    });

    for (const [transport, transports] of Object.entries(TRANSPORTS)) {
      test(`Socket.IO clients connect at /shop/socket.io: ${transport}`, async (context) => {
        const { server, nginx } = await start(context);
        const asha = await server.asha();
        const extraHeaders = { cookie: asha.cookie, origin: nginx.url };
        const options = { path: "/shop/socket.io", transports, ca: nginx.ca, withCredentials: true, extraHeaders };
        const customer = open(context, nginx.url, options);
        await customer.event("connected");
        await customer.upgraded(transports?.[0] ?? "websocket");
        const order = await asha.order();
        await customer.event("order:created", ({ orderId }) => orderId === order.id);
      });
    }

    test("live streams are below /shop/", async (context) => {
      const { server, nginx } = await start(context);
      const asha = await server.asha();
      const response = await nginx.stream(asha, "/shop");
      assert.equal(response.statusCode, 200);
      const next = events(response);
      await within(5_000, "the first event", next("connected"));
      const order = await asha.order();
      const created = await within(5_000, "the order's event", next("order.created"));
      assert.equal(created.order?.id ?? created.orderId, order.id);
    });
  });
}

test("docs/nginx-path.conf does not publish the metrics", async (context) => {
  const server = await startServer("--trusted-proxies", "127.0.0.1/32", "--base-path", "/shop");
  context.after(() => server.remove());
  const nginx = await startNginx(context, server, UNDER_A_PATH);
  assert.equal((await nginx.request({ path: "/shop/metrics" })).status, 404);
});
