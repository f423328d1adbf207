// Signing in with the session cookie, as the web app does.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { startBrowser } from "./support/browser.js";
import { live, memoryStorage, open, openWith, placeOrder, tokenOf } from "./support/clients.js";
import { startNetwork } from "./support/network.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("the session", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  test("two windows of one browser sign in and out together, and no personal data stays", async () => {
    const browser = startBrowser(server);
    const [one, two] = [browser.open(), browser.open()];
    await until(one.session, "signed out", (now) => now.state === "signed-out");
    await until(two.session, "signed out", (now) => now.state === "signed-out");
    expect(one.connection.getSnapshot().state).toBe("idle");

    await expect(one.session.signIn({ email: "asha@example.com", password: "wrong" })).rejects.toMatchObject({
      code: "invalid_credentials",
    });
    const { user } = await one.session.signIn(server.asha);
    expect(browser.hasCookie()).toBe(true);
    const other = await until(two.session, "signed in too", (now) => now.state === "signed-in");
    expect(other.account).toEqual(user);
    await live(one, "sse");
    await live(two, "sse");
    const order = await placeOrder(one);
    await until(two.orders, "the order", (list) => list.orders[0]?.id === order.id);

    await two.session.signOut();
    expect(two.orders.getSnapshot()).toMatchObject({ state: "idle", orders: [] });
    const gone = await until(one.session, "signed out too", (now) => now.state === "signed-out");
    expect(gone.account).toBeNull();
    expect(one.orders.getSnapshot().orders).toEqual([]);
    await until(one.connection, "nothing is connected", (now) => now.state === "idle");
    expect(one.orders.get(order.id)).toBeUndefined();
  });

  test("another person signs in: nothing of the previous person is shown", async () => {
    const browser = startBrowser(server);
    const page = browser.open();
    await page.session.signIn(server.asha);
    await until(page.orders, "her orders", (list) => list.state === "ready" && list.orders.length > 0);
    const { user } = await page.session.signUp({
      email: "tom@shop.example",
      password: "tom likes black tea",
      name: "Tom",
    });
    expect(user.name).toBe("Tom");
    const list = await until(page.orders, "his orders", (now) => now.state === "ready");
    expect(list.orders).toEqual([]);
    await live(page, "sse");
    const order = await placeOrder(page);
    await until(page.orders, "his first order", (now) => now.orders.length === 1 && now.orders[0]?.id === order.id);
  });

  test("an expired token is renewed, by requests and by the live connection", async () => {
    const good = await tokenOf(server, server.asha);
    let requested = 0;
    const asha = openWith({
      baseUrl: server.url,
      storage: null,
      token: () => (requested++ === 0 ? `${good}x` : Promise.resolve(good)),
    });
    await until(asha.session, "signed in", (now) => now.state === "signed-in");
    await live(asha, "socket");
    expect(requested).toBeGreaterThanOrEqual(2);
    const bad = openWith({ baseUrl: server.url, storage: null, token: "not.a.token" });
    expect(await until(bad.session, "signed out", (now) => now.state === "signed-out")).toMatchObject({
      account: null,
    });
  });

  test("a page opened while the server is down shows the last state known on this device, marked as stale", async () => {
    const network = await startNetwork(server.port);
    const storage = memoryStorage();
    const options = { baseUrl: network.url, storage, token: await tokenOf(server, server.asha) };
    const online = openWith(options);
    await until(online.session, "signed in", (now) => now.verified);
    const order = await placeOrder(online);
    await until(online.orders.track(order.id), "the page", (now) => now.state === "ready" && now.timeline.length > 0);
    online.close();

    network.decide(() => "cut");
    const offline = openWith(options);
    // Subscribed all the time, as an open page is.
    const stopLooking = offline.orders.track(order.number).subscribe(() => undefined);
    const page = await until(offline.orders.track(order.number), "the page, from memory", (now) => now.order !== null);
    expect(page).toMatchObject({ isStale: true, order: { id: order.id, status: "pending" }, progress: 10 });
    expect(page.timeline.map((line) => line.kind)).toEqual(["order.created"]);
    expect(offline.session.getSnapshot()).toMatchObject({ state: "signed-in", verified: false });

    const admin = await open(server, server.admin);
    await admin.orders.setStatus(order.id, "shipped");
    network.decide(() => "pass");
    offline.connection.reconnect();
    const fresh = await until(
      offline.orders.track(order.number),
      "what is now",
      (now) => now.order?.status === "shipped" && !now.isStale,
    );
    expect(fresh.timeline).toHaveLength(2);
    expect(fresh.error).toBeNull();
    stopLooking();
    offline.close();
    await network.remove();
  });
});
