// Several people change one order, and no change is lost.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { live, open, placeOrder } from "./support/clients.js";
import { startNetwork } from "./support/network.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("stale edits", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  test("the second person sees both versions, and can apply the change to the current one", async () => {
    const network = await startNetwork(server.port);
    const asha = await open(server, server.asha);
    const mira = await open(server, server.admin);
    network.decide(({ path }) =>
      path.startsWith("/socket.io") || path.startsWith("/api/v1/stream") || path === "/api/orders/manage"
        ? "hang"
        : "pass",
    );
    // Noah gets no events for now, as in the moment between two changes.
    const noah = await open(server, server.admin, { baseUrl: network.url });
    const order = await placeOrder(asha);
    await noah.orders.fetch(order.id);
    expect(await mira.orders.setStatus(order.id, "processing")).toMatchObject({ ok: true });

    const result = await noah.orders.setStatus(order.id, "shipped", { trackingNumber: "TRACK-1" });
    if (result.ok || result.reason !== "conflict") throw new Error(`no conflict: ${JSON.stringify(result)}`);
    const { conflict } = result;
    expect(conflict.problem).toMatchObject({ code: "version_conflict", status: 412, isConflict: true });
    expect(conflict.base).toMatchObject({ status: "pending", version: 1 });
    expect(conflict.mine).toMatchObject({ status: "shipped", trackingNumber: "TRACK-1" });
    expect(conflict.theirs).toMatchObject({ status: "processing", version: 2 });
    expect(noah.orders.get(order.id)).toMatchObject({ status: "processing", version: 2 });
    expect(noah.orders.activity.getSnapshot().conflicts.get(order.id)).toBe(conflict);
    const page = await until(noah.orders.track(order.id), "the page shows it", (now) => now.conflict !== null);
    expect(page.conflict).toBe(conflict);

    expect(await conflict.retry()).toMatchObject({
      ok: true,
      order: { status: "shipped", version: 3, trackingNumber: "TRACK-1" },
    });
    expect(noah.orders.activity.getSnapshot().conflicts.size).toBe(0);
    await network.remove();
  });

  test("consecutive changes of one person do not conflict", async () => {
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    const order = await placeOrder(asha);
    await admin.orders.fetch(order.id);
    const results = await Promise.all([
      admin.orders.setStatus(order.id, "processing"),
      admin.orders.setStatus(order.id, "shipped"),
      admin.orders.setDelivery(order.id, { partner: { name: "Ravi" } }),
    ]);
    expect(results.map((result) => result.ok)).toEqual([true, true, true]);
    expect(admin.orders.get(order.id)).toMatchObject({ status: "shipped", delivery: { partner: { name: "Ravi" } } });
  });

  test("an unreachable server: the change is rolled back, and may be tried again", async () => {
    const network = await startNetwork(server.port);
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin, { baseUrl: network.url });
    await live(admin);
    const order = await placeOrder(asha);
    await admin.orders.fetch(order.id);
    network.decide(({ method }) => (method === "PUT" ? "cut" : "pass"));
    const run = admin.orders.setStatus(order.id, "processing");
    await until(admin.orders.activity, "it is pending", (now) => now.pending.has(order.id));
    expect(admin.orders.get(order.id)?.status).toBe("processing");
    expect(await run).toMatchObject({
      ok: false,
      reason: "unreachable",
      problem: { code: "network", isTemporary: true },
    });
    expect(admin.orders.get(order.id)?.status).toBe("pending");
    expect(admin.orders.activity.getSnapshot().pending.size).toBe(0);
    await network.remove();
  });
});
