// Placing, changing and cancelling orders against the real server.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describe as describeEvent, describeOutcome, type Order } from "../src/index.js";
import { HAS_BINARY } from "./support/binary.js";
import { type Client, live, newOrder, open, placeOrder } from "./support/clients.js";
import { startNetwork } from "./support/network.js";
import { type Server, startServer } from "./support/server.js";
import { until } from "./support/within.js";

describe.skipIf(!HAS_BINARY)("the shop", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  async function both(): Promise<{ asha: Client; admin: Client }> {
    const [asha, admin] = await Promise.all([open(server, server.asha), open(server, server.admin)]);
    await Promise.all([live(asha, "socket"), live(admin, "socket")]);
    return { asha, admin };
  }

  test("the toasts of an order from creation to delivery, for customer and staff", async () => {
    const { asha, admin } = await both();
    const order = await placeOrder(asha);
    for (const status of ["processing", "shipped", "paid", "delivered"] as const)
      await admin.orders.setStatus(order.id, status);
    const mine = (client: Client) => client.events.items.filter((event) => event.orderId === order.id);
    await asha.events.until("all five", () => mine(asha).length === 5);
    await admin.events.until("all five", () => mine(admin).length === 5);
    expect(mine(asha).map((event) => describeEvent(event, "customer"))).toEqual([
      { message: "Order placed", severity: "success" },
      { message: "Order status: processing", severity: "info" },
      { message: "Order status: shipped", severity: "info" },
      { message: "Order status: paid", severity: "success" },
      { message: "Order status: delivered", severity: "success" },
    ]);
    expect(mine(admin).map((event) => describeEvent(event, "staff")?.message)[0]).toBe(
      `New order #${order.number} from Asha Rao!`,
    );
    expect(mine(admin).map((event) => event.own)).toEqual([false, true, true, true, true]);
    expect(mine(asha).map((event) => event.own)).toEqual([true, false, false, false, false]);
  });

  test("a customer's cancellation reaches the staff's row and counts", async () => {
    const { asha, admin } = await both();
    const order = await placeOrder(asha);
    await until(admin.orders, "the order", (list) => list.orders.some((each) => each.id === order.id));
    const stats = await until(admin.stats, "the counts", (now) => now.stats !== null);
    const result = await asha.orders.cancel(order.id, { reason: "Ordered twice" });
    expect(result).toMatchObject({ ok: true, order: { status: "cancelled", canCancel: false } });
    const [event] = await admin.events
      .until("the cancellation", (events) => events.some((each) => each.kind === "order.cancelled"))
      .then((events) => events.slice(-1));
    expect(event && describeEvent(event, "staff")).toEqual({
      message: `Order #${order.number} cancelled by customer`,
      severity: "warning",
    });
    await until(
      admin.orders,
      "the row",
      (list) => list.orders.find((each) => each.id === order.id)?.status === "cancelled",
    );
    await until(
      admin.stats,
      "the count",
      (now) => (now.stats?.byStatus.cancelled ?? 0) > (stats.stats?.byStatus.cancelled ?? 0),
    );
  });

  test("a late cancellation is refused with a reason and rolled back", async () => {
    const { asha, admin } = await both();
    const order = await placeOrder(asha);
    await admin.orders.setStatus(order.id, "processing");
    await asha.events.until("processing", (events) => events.some((event) => event.status === "processing"));
    const tracking = asha.orders.track(order.id);
    const stop = tracking.subscribe(() => undefined);
    await until(tracking, "the page", (now) => now.state === "ready");
    const run = asha.orders.cancel(order.id, { expectedVersion: null });
    expect(tracking.getSnapshot(), "at once").toMatchObject({
      order: { status: "cancelled", canCancel: false },
      isPending: true,
    });
    const result = await run;
    expect(result).toMatchObject({
      ok: false,
      reason: "refused",
      problem: { code: "too_late_to_cancel", status: 409 },
    });
    expect(tracking.getSnapshot(), "as it was").toMatchObject({
      order: { status: "processing" },
      progress: 40,
      isPending: false,
    });
    stop();
  });

  test("a change reports how many of the customer's connections received it", async () => {
    const { asha, admin } = await both();
    const order = await placeOrder(asha);
    const online = await admin.orders.setStatus(order.id, "processing");
    expect(online.ok && describeOutcome("processing", online.live)).toEqual({
      message: "Order status updated to processing. Customer will be notified in real-time!",
      severity: "success",
    });
    asha.close();
    const offline = await offlineResult(admin, order.id);
    expect(offline.ok && describeOutcome("shipped", offline.live).message).toMatch(
      /Customer is offline and will see it in their notifications\.$/,
    );
  });

  /** The server notices a closed connection after a moment. */
  async function offlineResult(admin: Client, id: string) {
    for (let attempt = 0; ; attempt += 1) {
      const result = await admin.orders.setStatus(id, "shipped", { expectedVersion: null, note: `attempt ${attempt}` });
      if (!result.ok || result.live === 0 || attempt > 20) return result;
    }
  }

  test("one status for many orders: each outcome is reported, each customer notified, each row updated", async () => {
    const { asha, admin } = await both();
    const list = await until(admin.orders, "the list", (now) => now.state === "ready");
    expect(list.orders.length).toBeGreaterThan(0);
    const orders: Order[] = [];
    for (let count = 0; count < 5; count += 1) orders.push(await placeOrder(asha));
    const cancelled = orders[4];
    if (cancelled !== undefined) await asha.orders.cancel(cancelled.id);
    await until(admin.orders, "the rows", (now) =>
      orders.every((order) => now.orders.some((each) => each.id === order.id)),
    );
    const run = admin.orders.setStatusOfMany([...orders.map((order) => order.id), "99999999"], "delivered");
    // Optimistic.
    expect(orders.map((order) => admin.orders.get(order.id)?.status)).toEqual(orders.map(() => "delivered"));
    const result = await run;
    expect(result).toMatchObject({ changed: 4, refused: 2 });
    expect(result.outcomes.map((outcome) => outcome.code ?? "ok")).toEqual([
      "ok",
      "ok",
      "ok",
      "ok",
      "final_status",
      "order_not_found",
    ]);
    expect(result.outcomes.slice(0, 4).map((outcome) => outcome.live)).toEqual([1, 1, 1, 1]);
    await until(admin.orders.activity, "nothing is pending", (now) => now.pending.size === 0);
    expect(orders.map((order) => admin.orders.get(order.id)?.status)).toEqual([
      "delivered",
      "delivered",
      "delivered",
      "delivered",
      "cancelled",
    ]);
    await asha.events.until(
      "four deliveries",
      (events) => events.filter((event) => event.status === "delivered").length === 4,
    );
  });

  test("a listed order equals the server's after each event, over each transport", async () => {
    const admin = await open(server, server.admin);
    await live(admin, "socket");
    for (const transport of ["socket", "sse"] as const) {
      const asha = await open(server, server.asha, { transports: [transport] });
      await live(asha, transport);
      await until(asha.orders, "the list", (now) => now.state === "ready");
      const stop = asha.orders.subscribe(() => undefined);
      const order = await placeOrder(asha);
      const steps: (() => Promise<unknown>)[] = [
        () => admin.orders.setStatus(order.id, "processing", { note: "Gift wrap" }),
        () =>
          admin.orders.setDelivery(order.id, {
            partner: { name: "Ravi", phone: "+49 170 1" },
            estimatedDelivery: "2030-01-02T10:00:00Z",
          }),
        () => admin.orders.setStatus(order.id, "shipped", { trackingNumber: "TRACK-9" }),
        () => admin.orders.setDelivery(order.id, { location: { latitude: 53.55, longitude: 9.99 } }),
        () => admin.orders.setStatus(order.id, "processing", { reason: "Wrong parcel" }),
        () => admin.orders.setStatus(order.id, "shipped"),
        () => admin.orders.setStatus(order.id, "paid"),
        () => admin.orders.setStatus(order.id, "delivered"),
      ];
      for (const [index, step] of steps.entries()) {
        expect(await step(), `step ${index}`).toMatchObject({ ok: true });
        const truth = await asha.api.GET("/api/v1/orders/{order}", { params: { path: { order: order.id } } });
        await until(asha.orders, `step ${index} over ${transport}`, () => {
          const known = asha.orders.get(order.id);
          return known !== undefined && isEqual(known, truth.data);
        });
      }
      stop();
      asha.close();
    }
  });

  test("an admin cannot place an order", async () => {
    const admin = await open(server, server.admin);
    await until(admin.session, "signed in", (now) => now.verified);
    await expect(admin.orders.place(await newOrder(admin))).rejects.toMatchObject({
      name: "OrdercastProblem",
      code: "forbidden",
      status: 403,
    });
  });

  test("a lost response does not place an order twice", async () => {
    const network = await startNetwork(server.port);
    const asha = await open(server, server.asha, { baseUrl: network.url });
    await until(asha.orders, "the list", (now) => now.state === "ready");
    const order = await newOrder(asha);
    let lost = 0;
    network.decide(({ method, path }) =>
      method === "POST" && path === "/api/v1/orders" && lost++ < 1 ? "lose" : "pass",
    );
    const placed = await asha.orders.place(order);
    const attempts = network.requests.filter(
      (request) => request.method === "POST" && request.path === "/api/v1/orders",
    );
    expect(attempts).toHaveLength(2);
    expect(new Set(attempts.map((attempt) => attempt.headers["idempotency-key"])).size).toBe(1);

    // No response at all: the person presses the button again, and the order is placed once.
    network.decide(({ method, path }) => (method === "POST" && path === "/api/v1/orders" ? "lose" : "pass"));
    await expect(asha.orders.place(order)).rejects.toMatchObject({ code: "network", isTemporary: true });
    network.decide(() => "pass");
    const again = await asha.orders.place(order);
    expect(again.id).not.toBe(placed.id);
    const admin = await open(server, server.admin);
    const { data } = await admin.api.GET("/api/v1/orders", { params: { query: { limit: 3 } } });
    expect(data?.orders.slice(0, 2).map((each) => each.id)).toEqual([again.id, placed.id]);
    await network.remove();
  });
});

/** Equal, whatever the order of members. */
function isEqual(one: unknown, other: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === "object" && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => a.localeCompare(b)))
        : member,
    );
  return text(one) === text(other);
}
