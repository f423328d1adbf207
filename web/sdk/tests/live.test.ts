import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { live, open, placeOrder } from "./support/clients.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("live orders", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  test("a placed order is at the top of the staff's list, and its changes reach the customer's page", async () => {
    const admin = await open(server, server.admin);
    const asha = await open(server, server.asha);
    await until(admin.orders, "the list", (list) => list.state === "ready");
    await live(admin, "socket");
    await live(asha, "socket");
    const stop = admin.orders.subscribe(() => undefined);
    const order = await placeOrder(asha);
    const list = await until(admin.orders, "the new order on top", (now) => now.orders[0]?.id === order.id);
    expect(list.orders[0]?.number).toBe(order.number);
    expect(admin.orders.activity.getSnapshot().newCount).toBe(1);
    const [event] = await admin.events.until("its event", (events) => events.length > 0);
    expect(event).toMatchObject({
      kind: "order.created",
      orderId: order.id,
      own: false,
      missed: false,
      transport: "socket",
    });
    const tracking = asha.orders.track(order.number);
    const stopTracking = tracking.subscribe(() => undefined);
    const changed = await admin.orders.setStatus(order.id, "processing");
    expect(changed).toMatchObject({ ok: true, live: 1 });
    const page = await until(
      tracking,
      "processing",
      (now) => now.order?.status === "processing" && now.progress === 40,
    );
    expect(page.isStale).toBe(false);
    stopTracking();
    stop();
  });
});
