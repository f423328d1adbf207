// A reconnecting client gets every event it missed, once and in order, or a reset.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open } from "../support/client.js";
import { startServer } from "../support/server.js";
import { Stream } from "../support/stream.js";

/** The versions with connection state recovery. */
const VERSIONS = ["4.6", "4.7", "4.8"];

describe("resume", () => {
  let server, admin, asha;

  before(async () => {
    server = await startServer();
    [admin, asha] = await Promise.all([server.admin(), server.asha()]);
  });
  after(() => server?.remove());

  const client = async (context, account, { auth, ...options } = {}, version = "4.8") => {
    const opened = open(context, server.url, { auth: { token: account.token, ...auth }, ...options }, version);
    await opened.news("connect");
    return opened;
  };
  const of =
    ({ id }) =>
    (entry) =>
      entry.payload?.orderId === id && entry.name.startsWith("order:");
  /** Changes an order while the client is disconnected, and checks what it gets after reconnecting. */
  const missing = async (customer, order) => {
    const from = customer.mark;
    customer.cut();
    await customer.news("disconnect", from);
    await admin.setStatus(order, "processing");
    await admin.setStatus(order, "shipped");
    await admin.setStatus(order, "delivered");
    const { recovered } = await customer.news("connect", from);
    await customer.until("everything", (received) => received.slice(from).filter(of(order)).length >= 3);
    const versions = customer.received
      .slice(from)
      .filter(of(order))
      .map(({ payload }) => payload.version);
    assert.deepEqual(versions, [2, 3, 4]);
    return recovered;
  };

  for (const version of VERSIONS) {
    for (const transports of [undefined, ["websocket"], ["polling"]]) {
      const title = `socket.io-client ${version}, ${transports ?? "default"}`;

      test(`${title}: after a cut`, async (context) => {
        const customer = await client(context, asha, { transports }, version);
        const order = await asha.order();
        await customer.event("order:created", ({ orderId }) => orderId === order.id);
        assert.equal(await missing(customer, order), true);
      });

      test(`${title}: before its first event`, async (context) => {
        const order = await asha.order();
        const customer = await client(context, asha, { transports }, version);
        assert.equal(customer.cursor, undefined);
        assert.equal(await missing(customer, order), true);
      });
    }
  }

  test("after a quiet period with many events of other customers", async (context) => {
    const ben = await server.shop.register("ben");
    const customer = await client(context, asha);
    const order = await asha.order();
    await customer.event("order:created", ({ orderId }) => orderId === order.id);
    // More events than one topic or one chunk holds.
    const theirs = await Promise.all(Array.from({ length: 150 }, () => ben.order()));
    for (const status of ["processing", "shipped"])
      await Promise.all(theirs.map((each) => admin.setStatus(each, status)));
    assert.equal(await missing(customer, order), true);
  });

  test("auth.cursor: a client of another page resumes, and does not restart at that cursor after a disconnect", async (context) => {
    const first = await client(context, asha);
    const order = await asha.order();
    await first.event("order:created", ({ orderId }) => orderId === order.id);
    const { cursor } = first;
    first.socket.close();
    await admin.setStatus(order, "processing");
    await admin.setStatus(order, "shipped");
    const second = await client(context, asha, { auth: { cursor } });
    const { recovered, head } = await second.event("connected");
    assert.equal(recovered, true);
    const versions = () => second.received.filter(of(order)).map(({ payload }) => payload.version);
    await second.until("both", () => versions().length === 2);
    assert.equal(second.cursor, head, "what was missed ends where the log did");
    const from = second.mark;
    second.cut();
    await second.news("connect", from);
    await admin.setStatus(order, "delivered");
    await second.until("the last", () => versions().at(-1) === 4);
    assert.deepEqual(versions(), [2, 3, 4]);
  });

  test("across transports: a stream's id works as auth.cursor, and an offset as Last-Event-ID", async (context) => {
    const stream = await Stream.open(context, asha);
    const order = await asha.order();
    const created = await stream.event("order.created", ({ orderId }) => orderId === order.id);
    stream.close();
    await admin.setStatus(order, "processing");
    const socket = await client(context, asha, { auth: { cursor: created.id } });
    const updated = await socket.event("order:updated", ({ orderId }) => orderId === order.id);
    assert.equal(updated.version, 2);
    const { cursor } = socket;
    socket.socket.close();
    await admin.setStatus(order, "shipped");
    const again = await Stream.open(context, asha, cursor);
    const shipped = await again.event("order.status_changed", ({ orderId }) => orderId === order.id);
    assert.equal(shipped.data.version, 3);
  });

  test("a cursor of another history: a reset with the orders, then ordinary events", async (context) => {
    const order = await asha.order();
    const customer = await client(context, asha, { auth: { cursor: "another:5" } });
    assert.equal((await customer.event("connected")).recovered, false);
    const reset = await customer.event("reset");
    assert.equal(reset.reason, "epoch_changed");
    assert.ok(reset.orders.some(({ id }) => id === order.id));
    const state = await customer.event("order:updated", ({ orderId }) => orderId === order.id);
    assert.equal(state.version, 1);
    await admin.setStatus(order, "processing");
    await customer.event("order:updated", ({ orderId, version }) => orderId === order.id && version === 2);
    assert.match(customer.cursor, new RegExp(`^${reset.cursor.split(":")[0]}:`));
  });

  test("an invalid cursor: a reset with that reason", async (context) => {
    const customer = await client(context, asha, { auth: { cursor: "yesterday" } });
    assert.equal((await customer.event("reset")).reason, "unknown_cursor");
  });

  test("somebody else's pid is of no use", async (context) => {
    const customer = await client(context, asha);
    const order = await asha.order();
    await customer.event("order:created", ({ orderId }) => orderId === order.id);
    const ben = await server.shop.register("ben-with-a-pid");
    const thief = await client(context, ben);
    thief.socket._pid = customer.socket._pid;
    thief.socket._lastOffset = customer.cursor;
    const from = thief.mark;
    thief.cut();
    assert.equal((await thief.news("connect", from)).recovered, false);
    await thief.event("reset", undefined, from);
    assert.deepEqual(
      thief.received.filter(({ payload }) => payload?.orderId === order.id),
      [],
    );
  });

  for (const dialect of ["rooms", "feed", "standard"]) {
    test(`${dialect}: joined orders are restored`, async (context) => {
      const order = await asha.order();
      const customer = await client(context, asha, { auth: { dialect } });
      await customer.ask("join-order-tracking", order.id);
      await admin.setStatus(order, "processing");
      const received = () => customer.all("order-status-updated").map(({ version }) => version);
      await customer.until("the first change", () => received().includes(2));
      const from = customer.mark;
      customer.cut();
      await customer.news("disconnect", from);
      await admin.setStatus(order, "shipped");
      assert.equal((await customer.news("connect", from)).recovered, true);
      await admin.setStatus(order, "delivered");
      await customer.until("the last change", () => received().includes(4));
      assert.deepEqual(received(), [2, 3, 4], "once, in order, without joining again");
    });
  }

  test("a reconnecting viewer is still present", async (context) => {
    const order = await asha.order();
    const [watching, coming] = [await client(context, admin), await client(context, admin)];
    await coming.ask("join-order-tracking", order.id);
    const people = () =>
      watching
        .all("order:presence")
        .filter(({ orderNumber }) => orderNumber === order.number)
        .map(({ people }) => people.length);
    await watching.until("there", () => people().at(-1) === 1);
    const from = coming.mark;
    coming.cut();
    assert.equal((await coming.news("connect", from)).recovered, true);
    await watching.until("there again", () => people().length >= 3 && people().at(-1) === 1);
  });
});

describe("resume after kill -9", () => {
  let server;

  before(async () => {
    server = await startServer();
  });
  after(() => server?.remove());

  test("unmodified clients recover, with the orders that they had joined", async (context) => {
    let [admin, asha] = await Promise.all([server.admin(), server.asha()]);
    const seen = open(context, server.url, { auth: { token: asha.token } });
    const desk = open(context, server.url, { auth: { token: admin.token }, transports: ["websocket"] }, "4.6");
    await Promise.all([seen.news("connect"), desk.news("connect")]);
    const order = await asha.order();
    const mine = (entry) => entry.payload?.orderId === order.id && /order:/.test(entry.name);
    await Promise.all([seen, desk].map((each) => each.until("the order", (received) => received.some(mine))));
    const fresh = open(context, server.url, { auth: { token: asha.token }, transports: ["polling"] });
    const rooms = open(context, server.url, { auth: { token: asha.token, dialect: "rooms" } });
    const feed = open(context, server.url, { auth: { token: asha.token, dialect: "feed" } });
    const clients = { seen, desk, fresh, rooms, feed };
    await Promise.all(Object.values(clients).map((each) => each.news("connect")));
    await rooms.ask("join-order-tracking", order.id);

    const marks = Object.fromEntries(Object.entries(clients).map(([name, each]) => [name, each.mark]));
    const last = await admin.setStatus(order, "processing");
    await server.kill();
    await server.start();
    await admin.setStatus(order, "shipped");
    await admin.setStatus(order, "delivered");
    assert.equal(last.version, 2, "acknowledged before the kill");

    const back = async (name) => (await clients[name].news("connect", marks[name])).recovered;
    assert.deepEqual([await back("seen"), await back("desk"), await back("fresh")], [true, true, true]);
    assert.deepEqual([await back("rooms"), await back("feed")], [true, true]);

    const versions = (name, event) =>
      clients[name].received
        .slice(marks[name])
        .filter((entry) => entry.payload?.orderId === order.id && event.test(entry.name))
        .map(({ payload }) => payload.version);
    for (const [name, event] of [
      ["seen", /^order:/],
      ["desk", /^admin:order:/],
      ["fresh", /^order:/],
      ["feed", /^customer_order_update$/],
      ["rooms", /^order-status-updated$/],
    ]) {
      await clients[name].until("everything", () => versions(name, event).at(-1) === 4);
      assert.deepEqual(versions(name, event), [2, 3, 4], name);
    }
    const from = feed.mark;
    feed.cut();
    assert.equal((await feed.news("connect", from)).recovered, true);
  });

  // 4.5 sends no recovery id: the server knows its user.
  for (const dialect of ["rooms", "standard", "feed"]) {
    for (const version of ["4.5", "4.6", "4.8"]) {
      test(`${dialect}, socket.io-client ${version}: a page that joined once is told what changes`, async (context) => {
        const admin = await server.admin();
        const customer = await server.shop.register(`once-${dialect}-${version}`);
        const order = await customer.order();
        const page = open(context, server.url, { auth: { token: customer.token, dialect } }, version);
        await page.news("connect");
        await page.ask("join-order-tracking", order.number);
        const told = () => page.all("order-status-updated").map(({ orderId, status }) => [orderId, status]);
        const until = (last) => page.until(last, () => told().at(-1)?.[1] === last);
        await admin.setStatus(order, "processing");
        await until("processing");

        const from = page.mark;
        await server.kill();
        await server.start();
        await admin.setStatus(order, "shipped");
        await page.news("connect", from);
        await until("shipped");

        const later = page.mark;
        page.cut();
        await page.news("connect", later);
        await admin.setStatus(order, "delivered");
        await until("delivered");
        const statuses = ["processing", "shipped", "delivered"];
        assert.deepEqual(
          told(),
          statuses.map((status) => [order.number, status]),
          "each change once",
        );
      });
    }
  }

  test("each of several tabs of an old client hears of the order that it joined", async (context) => {
    const admin = await server.admin();
    const customer = await server.shop.register("tabs");
    const orders = await Promise.all([customer.order(), customer.order(), customer.order()]);
    const page = (options) =>
      open(context, server.url, { auth: { token: customer.token, dialect: "rooms" }, ...options }, "4.5");
    // The first client that reconnects has joined nothing itself.
    const bell = page({ reconnectionDelay: 10, reconnectionDelayMax: 10 });
    const tabs = orders.map(() => page());
    await Promise.all([bell, ...tabs].map((tab) => tab.news("connect")));
    await Promise.all(tabs.map((tab, index) => tab.ask("join-order-tracking", orders[index].id)));
    const marks = tabs.map((tab) => tab.mark);
    await server.kill();
    await server.start();
    await Promise.all(tabs.map((tab, index) => tab.news("connect", marks[index])));
    for (const order of orders) await admin.setStatus(order, "processing");
    for (const [index, tab] of tabs.entries())
      await tab.event("order-status-updated", ({ orderId }) => orderId === orders[index].id);
  });

  test("a page that said goodbye leaves its joined orders to nobody", async (context) => {
    const customer = await server.shop.register("goodbye");
    const [first, second] = [await customer.order(), await customer.order()];
    const page = () => open(context, server.url, { auth: { token: customer.token, dialect: "rooms" } });
    const gone = page();
    await gone.ask("join-order-tracking", first.id);
    gone.socket.close();
    const next = page();
    await next.ask("join-order-tracking", second.id);
    const admin = await server.admin();
    await admin.setStatus(first, "processing");
    await admin.setStatus(second, "processing");
    await next.event("order-status-updated", ({ orderId }) => orderId === second.id);
    assert.equal(next.all("order-status-updated").length, 1);
  });

  test("a page that the browser left leaves its joined orders to nobody", async (context) => {
    const customer = await server.shop.register("browsing");
    const [first, second] = [await customer.order(), await customer.order()];
    const page = () =>
      open(context, server.url, {
        auth: { token: customer.token, dialect: "rooms" },
        transports: ["websocket"],
        reconnection: false,
      });
    const left = page();
    await left.ask("join-order-tracking", first.id);
    // As a browser closes it when it leaves a page.
    left.socket.io.engine.transport.ws.close(1001);
    await left.news("disconnect");
    const next = page();
    await next.ask("join-order-tracking", second.id);
    const admin = await server.admin();
    await admin.setStatus(first, "processing");
    await admin.setStatus(second, "processing");
    await next.event("order-status-updated", ({ orderId }) => orderId === second.id);
    assert.equal(next.all("order-status-updated").length, 1);
  });
});
