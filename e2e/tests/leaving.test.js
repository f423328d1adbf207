// How connections end, and which pages may connect.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { open, TRANSPORTS } from "../support/client.js";
import { startServer } from "../support/server.js";

describe("leaving", () => {
  const start = async (context, ...options) => {
    const server = await startServer(...options);
    context.after(() => server.remove());
    return server;
  };
  const client = async (context, server, account, options) => {
    const opened = open(context, server.url, { auth: { token: account.token }, ...options });
    await opened.event("connected");
    return opened;
  };

  for (const [name, transports] of Object.entries(TRANSPORTS)) {
    test(`a session that ends cuts its connections: ${name}`, async (context) => {
      const server = await start(context);
      const [asha, other] = [await server.asha(), await server.asha()];
      const [customer, unconcerned] = [
        await client(context, server, asha, { transports }),
        await client(context, server, other),
      ];
      await customer.upgraded(transports?.[0] ?? "websocket");
      await asha.call("POST", "/api/v1/auth/logout");
      const { reason, details } = await customer.news("disconnect");
      if (transports?.[0] === "polling") assert.match(reason, /transport (close|error)/);
      else assert.deepEqual([reason, details.context.code], ["transport close", 4501]);
      const { error } = await customer.news("connect_error");
      assert.equal(error.data.code, "session_ended");
      assert.equal(customer.socket.active, false, "it does not try again");
      assert.equal(unconcerned.socket.connected, true, "nobody else is cut");
    });
  }

  test("an expired token of the command line ends its connection, and a new one resumes", async (context) => {
    const server = await start(context);
    const asha = await server.asha();
    const token = await server.commandLineToken("asha@example.com", "3s");
    const customer = await client(context, server, { token }, { transports: ["websocket"] });
    const { reason, details } = await customer.news("disconnect");
    assert.deepEqual([reason, details.context.code], ["transport close", 4002]);
    const { error } = await customer.news("connect_error");
    assert.equal(typeof error.data.code, "string");
    const order = await asha.order();
    customer.socket.auth = { token: asha.token };
    customer.socket.connect();
    await customer.event("order:created", ({ orderId }) => orderId === order.id);
    assert.equal(customer.socket.recovered, true);
  });

  test("a stopping server announces it, and its clients reconnect to the next one", async (context) => {
    const server = await start(context);
    const customer = await client(context, server, await server.asha(), { transports: ["websocket"] });
    await server.stop();
    const { details } = await customer.news("disconnect");
    assert.equal(details.context.code, 4001);
    await server.start();
    await customer.news(
      "connect",
      customer.received.findIndex(({ name }) => name === "disconnect"),
    );
    assert.equal(customer.socket.recovered, true);
  });

  test("only pages of an allowed origin may use the cookie", async (context) => {
    const server = await start(context, "--cors-origins", "https://shop.example");
    const asha = await server.asha();
    for (const transports of [["polling"], ["websocket"]]) {
      const page = (origin) =>
        open(context, server.url, { transports, withCredentials: true, extraHeaders: { cookie: asha.cookie, origin } });
      assert.equal((await page("https://shop.example").event("connected")).role, "user");
      const { error } = await page("https://elsewhere.example").news("connect_error");
      const answer = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, {
        headers: { cookie: asha.cookie, origin: "https://elsewhere.example" },
      });
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.get("access-control-allow-origin"), null);
      assert.match(error.message, /error/);
    }
    const answer = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { cookie: asha.cookie, origin: "https://shop.example" },
    });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("access-control-allow-origin"), "https://shop.example");
    assert.equal(answer.headers.get("access-control-allow-credentials"), "true");
  });

  test("the log has connects and disconnects", async (context) => {
    const server = await start(context);
    const asha = await server.asha();
    const customer = await client(context, server, asha);
    customer.socket.close();
    await server.stop();
    assert.match(server.log, new RegExp(`connected .*user=${asha.user.id} .*role="customer"`));
    assert.match(server.log, new RegExp(`disconnected .*user=${asha.user.id}`));
  });

  test("the log has what a client sent, the result, and how many received it", async (context) => {
    const server = await start(context);
    const [asha, admin] = [await server.asha(), await server.admin()];
    const order = await asha.order();
    const [customer, staff] = [await client(context, server, asha), await client(context, server, admin)];
    await customer.ask("join-order-tracking", order.id);
    await customer.ask("admin-status-update", { orderId: order.id, status: "delivered" });
    await staff.ask("admin-status-update", { orderId: order.id, status: "processing" });
    await server.stop();
    const line = (...parts) => assert.match(server.log, new RegExp(parts.join(" .*")));
    line("received", `user=${asha.user.id}`, `event="join-order-tracking"`, `order="${order.id}"`, `status="pending"`);
    line("received", `user=${asha.user.id}`, `status="delivered"`, `refused="forbidden"`);
    line("received", `user=${admin.user.id}`, `role="staff"`, `status="processing"`, "listeners=1");
    line("order.status_changed", `order=${order.number}`, "status=processing", `by="${admin.user.id}"`, "listeners=2");
    line("order.status_changed", `customer=${asha.user.id}`, "sockets=1");
    assert.ok(!server.log.includes(asha.token), "a token is never logged");
  });

  test("the log has a line for each address, with what it serves, the dialect and the origins", async (context) => {
    const server = await start(context, "--dialect", "rooms", "--cors-origins", "https://a.example,https://b.example");
    const line =
      /serving address=\S+ serves="shop,api,live" dialect=rooms origins=https:\/\/a\.example,https:\/\/b\.example/;
    assert.match(server.log, line);
    const apart = await start(context, "--realtime-listen", "127.0.0.1:0");
    const lines = apart.log.split("\n").filter((each) => each.includes("serving address="));
    assert.deepEqual(
      lines.map((each) => [/serves="?([^" ]+)/.exec(each)[1], / dialect=standard origins=own/.test(each)]),
      [
        ["shop,api", true],
        ["live", true],
      ],
    );
  });

  test("an unresponsive client is closed after the configured time, and an oversized message is refused", async (context) => {
    const server = await start(context, "--ping-interval", "300ms", "--ping-timeout", "200ms", "--max-message", "1KB");
    const asha = await server.asha();
    const customer = await client(context, server, asha, { transports: ["websocket"], reconnection: false });
    const silent = await client(context, server, asha, { transports: ["websocket"], reconnection: false });
    silent.socket.io.engine._sendPacket = () => {};
    await silent.news("disconnect");
    assert.equal(customer.socket.connected, true, "a responsive client stays connected");
    customer.socket.emit("join-order-tracking", "x".repeat(2000));
    await customer.news("disconnect");
  });
});
