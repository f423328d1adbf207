// After a correction, an order in the SDK is what the server says it is.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unwrap } from "../src/index.js";
import { HAS_BINARY } from "./support/binary.js";
import { live, newOrder, open } from "./support/clients.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("corrections", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  test("a prepaid order that is moved back from shipped to pending can be cancelled, at 10 percent", async () => {
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    await live(asha, "socket");
    const order = await asha.orders.place({ ...(await newOrder(asha)), paymentMethod: "online" });
    const tracking = asha.orders.track(order.id);
    const stop = tracking.subscribe(() => undefined);
    await unwrap(
      asha.api.POST("/api/v1/orders/{order}/test-payment", {
        params: { path: { order: order.id } },
        body: { outcome: "paid" },
      }),
    );
    await until(tracking, "the payment", ({ order: shown }) => shown?.payment?.status === "paid");
    await admin.orders.fetch(order.id);
    for (const status of ["processing", "shipped"] as const)
      expect(await admin.orders.setStatus(order.id, status)).toMatchObject({ ok: true });
    await until(tracking, "shipped", ({ order: shown }) => shown?.status === "shipped" && shown.progress === 70);
    expect(await admin.orders.setStatus(order.id, "pending", { reason: "Wrong parcel" })).toMatchObject({ ok: true });
    const page = await until(tracking, "the correction", ({ progress }) => progress === 10);
    const { data } = await asha.api.GET("/api/v1/orders/{order}", { params: { path: { order: order.id } } });
    expect(page.order).toEqual(data);
    expect(data).toMatchObject({ status: "paid", canCancel: true, shipments: [] });
    stop();
  });
});
