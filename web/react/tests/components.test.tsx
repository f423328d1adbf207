// The components against the real server: found by role and name, operated by keyboard.

import { createOrdercast, type Notification, type Ordercast } from "@ordercast/client";
import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { HAS_BINARY } from "../../sdk/tests/support/binary.js";
import { open, placeOrder, tokenOf } from "../../sdk/tests/support/clients.js";
import { type Server, startServer } from "../../sdk/tests/support/server.js";
import {
  LiveIndicator,
  NotificationBell,
  OrderProgress,
  OrdercastProvider,
  OrderTimeline,
  useRealTimeOrderTracking,
} from "../src/index.js";

const SOON = { timeout: 15_000 };

describe.skipIf(!HAS_BINARY)("the components", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  async function show(page: ReactNode, who: { email: string; password: string }): Promise<Ordercast> {
    const client = createOrdercast({
      baseUrl: server.url,
      token: await tokenOf(server, who),
      storage: null,
      autoStart: false,
    });
    onTestFinished(() => client.close());
    render(<OrdercastProvider client={client}>{page}</OrdercastProvider>);
    return client;
  }

  test("the indicator says live, reconnecting and live again", async () => {
    const client = await show(<LiveIndicator label="Live Updates" texts={{ idle: "Paused" }} />, server.admin);
    const indicator = screen.getByRole("status");
    expect(indicator.textContent).toContain("Live Updates");
    await waitFor(() => expect(indicator.dataset["state"]).toBe("live"), SOON);
    expect(indicator.textContent).toBe("Live Updates Live");
    act(() => client.connection.pause());
    await waitFor(() => expect(indicator.textContent).toBe("Live Updates Paused"), SOON);
  });

  test("the bell counts, opens, filters, marks as read, and opens the order", async () => {
    const who = await server.addUser("jun@example.com", "Jun", "customer");
    const jun = await open(server, who);
    const admin = await open(server, server.admin);
    const opened: Notification[] = [];
    await show(<NotificationBell onOpen={(line) => opened.push(line)} />, who);
    const order = await placeOrder(jun);
    await admin.orders.setStatus(order.id, "shipped");
    await admin.orders.setStatus(order.id, "paid");
    const bell = await screen.findByRole("button", { name: "Notifications, 2 unread" }, SOON);
    expect(bell.getAttribute("aria-expanded")).toBe("false");
    expect(screen.queryByRole("region", { name: "Notifications" })).toBeNull();

    fireEvent.click(bell);
    const center = screen.getByRole("region", { name: "Notifications" });
    await waitFor(() => expect(within(center).getAllByRole("listitem")).toHaveLength(3), SOON);
    fireEvent.click(within(center).getByRole("button", { name: "Payment" }));
    expect(within(center).getByRole("button", { name: "Payment" }).getAttribute("aria-pressed")).toBe("true");
    await waitFor(() => expect(within(center).getAllByRole("listitem")).toHaveLength(1), SOON);

    fireEvent.keyDown(center, { key: "Escape" });
    expect(bell.getAttribute("aria-expanded")).toBe("false");
    expect(document.activeElement).toBe(bell);

    fireEvent.click(bell);
    fireEvent.click(within(center).getByRole("button", { name: /^Unread\..*Payment received/ }));
    expect(opened.map((line) => line.orderId)).toEqual([order.id]);
    await screen.findByRole("button", { name: "Notifications, 1 unread" }, SOON);
    fireEvent.click(bell);
    fireEvent.click(within(center).getByRole("button", { name: "All" }));
    fireEvent.click(within(center).getByRole("button", { name: "Mark all as read" }));
    await screen.findByRole("button", { name: "Notifications" }, SOON);
    await waitFor(() => expect(jun.inbox.getSnapshot().unreadCount).toBe(0), SOON);
    // The button is disabled now, so the browser has moved the focus to the page.
    fireEvent.keyDown(document.body, { key: "Escape" });
    expect(bell.getAttribute("aria-expanded")).toBe("false");
    expect(document.activeElement).toBe(bell);
    fireEvent.click(bell);
    fireEvent.pointerDown(document.body);
    expect(bell.getAttribute("aria-expanded")).toBe("false");
  });

  test("progress and timeline are live, newest first, with the person", async () => {
    const asha = await open(server, server.asha);
    const admin = await open(server, server.admin);
    const order = await placeOrder(asha);
    function Page(): ReactNode {
      const { order: tracked, timeline } = useRealTimeOrderTracking(order.id);
      if (tracked === null) return null;
      return (
        <>
          <OrderProgress order={tracked} />
          <OrderTimeline timeline={timeline} icon={() => "*"} />
        </>
      );
    }
    await show(<Page />, server.asha);
    const bar = await screen.findByRole<HTMLProgressElement>("progressbar", { name: "Order progress" }, SOON);
    await waitFor(
      () =>
        expect(within(screen.getByRole("list", { name: "Order timeline" })).getAllByRole("listitem")).toHaveLength(1),
      SOON,
    );
    expect(bar.value).toBe(10);
    await admin.orders.setStatus(order.id, "processing");
    await admin.orders.setDelivery(order.id, { location: { latitude: 1, longitude: 2 } });
    await admin.orders.setStatus(order.id, "shipped", { trackingNumber: "TRACK-4" });
    await waitFor(() => expect(bar.value).toBe(70), SOON);
    expect(bar.getAttribute("aria-valuetext")).toBe("Shipped, 70%");
    const lines = within(screen.getByRole("list", { name: "Order timeline" })).getAllByRole("listitem");
    expect(lines.map((line) => line.querySelector('[data-part="title"]')?.textContent)).toEqual([
      "Shipped",
      "Processing",
      "Order placed",
    ]);
    expect(lines[0]?.textContent).toContain("Tracking number TRACK-4");
    expect(lines.map((line) => line.querySelector('[data-part="who"]')?.textContent)).toEqual([
      "Store",
      "Store",
      "Asha Rao",
    ]);
    expect(lines[0]?.querySelector("time")?.getAttribute("datetime")).toMatch(/^\d{4}-/);
  });
});
