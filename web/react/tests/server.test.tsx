// @vitest-environment node
// A server has no window, no storage and no connection.

import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import {
  LiveIndicator,
  NotificationBell,
  OrdercastProvider,
  useOrders,
  useOrderStats,
  usePresence,
  useRealTimeOrderTracking,
} from "../src/index.js";

test("every hook and component renders on a server without requests", () => {
  const requests: unknown[] = [];
  const { fetch } = globalThis;
  globalThis.fetch = (input) => {
    requests.push(input);
    return Promise.reject(new Error("no network while rendering"));
  };
  function Page(): ReactNode {
    const { isLoading, orders } = useOrders();
    const { order, isConnected } = useRealTimeOrderTracking("10001");
    const { stats } = useOrderStats();
    const { people } = usePresence("10001");
    return (
      <main>
        {JSON.stringify({ isLoading, orders, order, isConnected, stats, people })}
        <LiveIndicator />
        <NotificationBell />
      </main>
    );
  }
  try {
    const html = renderToString(
      <OrdercastProvider>
        <Page />
      </OrdercastProvider>,
    );
    const text = html.replaceAll("&quot;", '"');
    expect(text).toContain('{"isLoading":true,"orders":[],"order":null,"isConnected":false,"stats":null,"people":[]}');
    expect(text).toContain('data-state="idle"');
    expect(text).toContain('aria-label="Notifications"');
    expect(requests).toEqual([]);
  } finally {
    globalThis.fetch = fetch;
  }
});
