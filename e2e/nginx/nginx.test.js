// Ordercast behind a real nginx with docs/nginx.conf.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { open, TRANSPORTS } from "../support/client.js";
import { startServer } from "../support/server.js";
import { within } from "../support/within.js";
import { events } from "./events.js";
import { COMPRESSING, startNginx } from "./nginx.js";

describe("behind nginx with docs/nginx.conf", () => {
  const start = async (context, ...options) => {
    const server = await startServer("--trusted-proxies", "127.0.0.1/32", ...options);
    context.after(() => server.remove());
    return server;
  };

  for (const [name, transports] of Object.entries(TRANSPORTS)) {
    test(`Socket.IO clients connect and hear of their orders: ${name}`, async (context) => {
      const server = await start(context);
      const nginx = await startNginx(context, server);
      const asha = await server.asha();
      const options = { transports, ca: nginx.ca, auth: { token: asha.token } };
      const customer = open(context, nginx.url, options);
      await customer.event("connected");
      await customer.upgraded(transports?.[0] ?? "websocket");
      const order = await asha.order();
      await customer.event("order:created", ({ orderId }) => orderId === order.id);
    });
  }

  test("clients that send no slash after the path connect", async (context) => {
    const server = await start(context);
    const nginx = await startNginx(context, server);
    const asha = await server.asha();
    const options = { addTrailingSlash: false, ca: nginx.ca, auth: { token: asha.token } };
    await open(context, nginx.url, options).event("connected");
  });

  test("a page of the shop connects with its cookie over WebSocket", async (context) => {
    const server = await start(context);
    const nginx = await startNginx(context, server);
    const asha = await server.asha();
    const extraHeaders = { cookie: asha.cookie, origin: nginx.url };
    const options = { transports: ["websocket"], withCredentials: true, ca: nginx.ca, extraHeaders };
    assert.equal((await open(context, nginx.url, options).event("connected")).role, "user");
  });

  for (const [name, configuration] of [
    ["docs/nginx.conf", undefined],
    ["a front that buffers and compresses everything", COMPRESSING],
  ]) {
    test(`live streams are not held back: ${name}`, async (context) => {
      const server = await start(context);
      const nginx = await startNginx(context, server, configuration);
      const asha = await server.asha();
      const response = await nginx.stream(asha);
      assert.equal(response.statusCode, 200);
      // Heartbeats come every 25 seconds, so nothing else can push a held event out.
      const next = events(response);
      await within(5_000, "the first event", next("connected"));
      const order = await asha.order();
      const created = await within(5_000, "the order's event", next("order.created"));
      assert.equal(created.order?.id ?? created.orderId, order.id);
    });
  }

  test("a large upload is refused by nginx, a usual one reaches Ordercast", async (context) => {
    const server = await start(context);
    const nginx = await startNginx(context, server);
    const send = (bytes) =>
      nginx.request({
        method: "POST",
        path: "/api/v1/auth/login",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email: "a@shop.example", password: "x".repeat(bytes) }),
      });
    const large = await send(257 * 1024);
    assert.equal(large.status, 413);
    assert.match(large.text, /nginx/);
    const usual = await send(1024);
    assert.ok([400, 401, 422].includes(usual.status), `${usual.status} ${usual.text}`);
    assert.match(usual.headers["content-type"], /application\/problem\+json/);
  });

  test("each client has its own address, whatever it claims", async (context) => {
    const server = await start(context, "--rate-limit-address", "30/h burst 30");
    const nginx = await startNginx(context, server);
    const read = (from, claimed) => {
      const headers = { "x-forwarded-for": claimed, forwarded: `for=${claimed}`, "x-real-ip": claimed };
      return nginx.request({ path: "/api/v1/products", from, headers });
    };
    let requests = 0;
    let status = 200;
    while (status === 200) {
      requests += 1;
      assert.ok(requests <= 60, "a client that claims new addresses is still limited");
      ({ status } = await read("127.0.0.2", `203.0.113.${requests}`));
    }
    assert.equal(status, 429);
    assert.equal((await read("127.0.0.3", "127.0.0.2")).status, 200, "another client is not limited");
  });

  test("the session cookie is Secure, plain HTTP is redirected, and metrics are not public", async (context) => {
    const server = await start(context);
    const nginx = await startNginx(context, server);
    const signedIn = await nginx.request({
      method: "POST",
      path: "/api/v1/auth/login",
      headers: { "content-type": "application/json", origin: nginx.url },
      body: JSON.stringify({ email: "asha@example.com", password: "lantern-street" }),
    });
    assert.equal(signedIn.status, 200, signedIn.text);
    for (const cookie of signedIn.headers["set-cookie"]) assert.match(cookie, /; Secure/);
    const plain = await fetch(`${nginx.plain}/orders`, { redirect: "manual" });
    assert.equal(plain.status, 301);
    assert.match(plain.headers.get("location"), /^https:\/\/.*\/orders$/);
    assert.equal((await nginx.request({ path: "/metrics" })).status, 404);
    assert.equal((await nginx.request({ path: "/health/ready" })).status, 200);
  });
});
