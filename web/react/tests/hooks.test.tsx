// The hooks against the real server.

import { createOrdercast, type Ordercast } from "@ordercast/client";
import { act, render, renderHook, screen, waitFor, within } from "@testing-library/react";
import { StrictMode, type ReactNode } from "react";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HAS_BINARY } from "../../sdk/tests/support/binary.js";
import { open, placeOrder, tokenOf } from "../../sdk/tests/support/clients.js";
import { type Server, startServer } from "../../sdk/tests/support/server.js";
import {
  OrdercastProvider,
  useConnection,
  useNotifications,
  useOrderEvents,
  useOrders,
  useOrderStats,
  usePresence,
  useRealTimeOrderTracking,
  useSession,
} from "../src/index.js";

const SOON = { timeout: 15_000 };

describe.skipIf(!HAS_BINARY)("the hooks", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  /** A client and a wrapper for the page of a signed-in person. */
  async function pageOf(who: {
    email: string;
    password: string;
  }): Promise<{ client: Ordercast; wrapper: (props: { children: ReactNode }) => ReactNode }> {
    const client = createOrdercast({
      baseUrl: server.url,
      token: await tokenOf(server, who),
      storage: null,
      autoStart: false,
    });
    onTestFinished(() => client.close());
    return { client, wrapper: ({ children }) => <OrdercastProvider client={client}>{children}</OrdercastProvider> };
  }

  test("useRealTimeOrderTracking gives order, isConnected, orderStatus, progress and lastUpdate, live", async () => {
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    const placed = await placeOrder(asha);
    const { wrapper } = await pageOf(server.asha);
    const { result } = renderHook(() => useRealTimeOrderTracking(placed.id), { wrapper });
    expect(result.current).toMatchObject({
      order: null,
      isConnected: false,
      orderStatus: null,
      progress: 0,
      lastUpdate: null,
      isLoading: true,
    });
    await waitFor(() => expect(result.current).toMatchObject({ isConnected: true, isLoading: false }), SOON);
    expect(result.current.order?.orderNumber).toBe(placed.number);
    expect(result.current.orderStatus?.statusDisplay).toBe("Pending");
    expect(result.current.progress).toBe(10);
    expect(result.current.lastUpdate).toBeInstanceOf(Date);

    await admin.orders.setStatus(placed.id, "shipped", { trackingNumber: "TRACK-3" });
    await waitFor(
      () =>
        expect(result.current).toMatchObject({
          orderStatus: { status: "shipped", statusDisplay: "Shipped", severity: "info" },
          progress: 70,
          order: { trackingNumber: "TRACK-3" },
        }),
      SOON,
    );
    expect(result.current.timeline.map((line) => line.status)).toEqual(["pending", "shipped"]);

    const cancelled = await act(() => result.current.cancel());
    expect(cancelled).toMatchObject({ ok: false, reason: "refused", problem: { code: "too_late_to_cancel" } });
    await waitFor(() => expect(result.current.progress).toBe(70), SOON);
  });

  test("an order of somebody else is missing", async () => {
    const { wrapper } = await pageOf(server.asha);
    const { result } = renderHook(() => useRealTimeOrderTracking("99999999"), { wrapper });
    await waitFor(() => expect(result.current.isMissing).toBe(true), SOON);
    expect(result.current).toMatchObject({ order: null, isLoading: false, error: { code: "order_not_found" } });
  });

  test("useNotifications gives notifications, unreadCount, markAsRead and isConnected", async () => {
    const who = await server.addUser("ines@example.com", "Ines", "customer");
    const ines = await open(server, who);
    const admin = await open(server, server.admin);
    const { wrapper } = await pageOf(who);
    const { result } = renderHook(() => useNotifications(), { wrapper });
    await waitFor(() => expect(result.current).toMatchObject({ isConnected: true, isLoading: false }), SOON);
    const order = await placeOrder(ines);
    await admin.orders.setStatus(order.id, "processing");
    await waitFor(() => expect(result.current.unreadCount).toBe(1), SOON);
    const [line] = result.current.notifications;
    if (line === undefined) throw new Error("no line");
    expect(line).toMatchObject({ message: expect.stringContaining(order.number), read: false });
    await act(() => result.current.markAsRead(line.id));
    expect(result.current.unreadCount).toBe(0);
    expect(result.current.notifications[0]?.read).toBe(true);
  });

  test("useOrders lists new orders at the top, counts them, and changes many", async () => {
    const asha = await open(server, server.asha);
    const { wrapper } = await pageOf(server.admin);
    const { result } = renderHook(() => ({ all: useOrders(), pending: useOrders({ status: ["pending"] }) }), {
      wrapper,
    });
    await waitFor(
      () =>
        expect([result.current.all, result.current.pending].map((list) => [list.isConnected, list.isLoading])).toEqual([
          [true, false],
          [true, false],
        ]),
      SOON,
    );
    const order = await placeOrder(asha);
    await waitFor(() => expect(result.current.all.orders[0]?.id).toBe(order.id), SOON);
    expect(result.current.pending.orders[0]?.id).toBe(order.id);
    expect(result.current.all.newCount).toBe(1);
    act(() => result.current.all.acknowledgeNew());
    expect(result.current.all.newCount).toBe(0);
    const done = await act(() => result.current.all.setStatusOfMany([order.id], "delivered"));
    expect(done).toMatchObject({ changed: 1, refused: 0 });
    await waitFor(() => expect(result.current.pending.orders.some((each) => each.id === order.id)).toBe(false), SOON);
    expect(result.current.all.orders[0]).toMatchObject({ id: order.id, status: "delivered" });
  });

  test("stats, connection and presence", async () => {
    const asha = await open(server, server.asha);
    const nora = await server.addUser("nora@example.com", "Nora", "staff");
    const { wrapper } = await pageOf(server.admin);
    const order = await placeOrder(asha);
    const { result } = renderHook(
      () => ({
        stats: useOrderStats(),
        connection: useConnection(),
        presence: usePresence(order.id),
        session: useSession(),
      }),
      { wrapper },
    );
    await waitFor(
      () => expect(result.current.presence.isJoined && result.current.stats.stats !== null).toBe(true),
      SOON,
    );
    expect(result.current.session.account?.role).toBe("staff");
    expect(result.current.connection).toMatchObject({ state: "live", transport: "socket", attempts: 0 });
    const before = result.current.stats.stats?.total ?? 0;
    await placeOrder(asha);
    await waitFor(() => expect(result.current.stats.stats?.total).toBe(before + 1), SOON);
    const other = await open(server, nora);
    const leave = other.presence.of(order.id).subscribe(() => undefined);
    await waitFor(() => expect(result.current.presence.others.map((person) => person.name)).toEqual(["Nora"]), SOON);
    leave();
    await waitFor(() => expect(result.current.presence.others).toEqual([]), SOON);
    act(() => result.current.connection.pause());
    await waitFor(() => expect(result.current.connection.state).toBe("idle"), SOON);
    act(() => result.current.connection.reconnect());
    await waitFor(() => expect(result.current.connection.state).toBe("live"), SOON);
  });

  test("a page in strict mode survives a restart of the server", async () => {
    const admin = await open(server, server.admin);
    const asha = await open(server, server.asha);
    const order = await placeOrder(asha);
    const token = await tokenOf(server, server.asha);
    const toasts: string[] = [];
    function Page(): ReactNode {
      const { orderStatus, isConnected } = useRealTimeOrderTracking(order.number);
      useOrderEvents((event) => toasts.push(`${event.orderNumber} ${event.status}`));
      return (
        <p>
          {isConnected ? "live" : "lost"} {orderStatus?.statusDisplay}
        </p>
      );
    }
    const { unmount } = render(
      <StrictMode>
        <OrdercastProvider options={{ baseUrl: server.url, token, storage: null }}>
          <Page />
        </OrdercastProvider>
      </StrictMode>,
    );
    await screen.findByText("live Pending", undefined, SOON);
    await server.kill();
    await screen.findByText("lost Pending", undefined, SOON);
    await server.start();
    await admin.orders.setStatus(order.id, "shipped");
    await within(document.body).findByText("live Shipped", undefined, SOON);
    await waitFor(() => expect(toasts).toEqual([`${order.number} shipped`]), SOON);
    unmount();
  });

  test("a hook without a provider throws", () => {
    expect(() => renderHook(() => useConnection())).toThrow("There is no <OrdercastProvider> above this component.");
  });
});
