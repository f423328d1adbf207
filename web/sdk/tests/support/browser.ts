// The cookies and the origin of a browser, for clients that sign in as the web app does.

import { onTestFinished } from "vitest";
import { createClient } from "../../src/client.js";
import type { OrdercastOptions } from "../../src/index.js";
import { browserEnvironment } from "../../src/core/environment.js";
import type { Server } from "./server.js";

export interface Browser {
  /** Opens a window. */
  open: (options?: OrdercastOptions) => ReturnType<typeof createClient>;
  hasCookie: () => boolean;
}

export function startBrowser(server: Server): Browser {
  const cookies = new Map<string, string>();
  const storageListeners = new Set<(key: string) => void>();
  const values = new Map<string, string>();

  const fetchWithCookies: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    request.headers.set("Origin", server.url);
    if (cookies.size > 0)
      request.headers.set("Cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(request);
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = (cookie.split(";")[0] ?? "").split("=");
      if (name === undefined) continue;
      if (!value || /max-age=0/i.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };

  return {
    open(options = {}) {
      const mine = new Set<(key: string) => void>();
      // Other windows are notified of writes, as in a browser.
      const changed = (key: string) => {
        for (const listener of storageListeners) if (!mine.has(listener)) listener(key);
      };
      const storage = {
        getItem: (key: string) => values.get(key) ?? null,
        setItem(key: string, value: string) {
          values.set(key, value);
          changed(key);
        },
        removeItem(key: string) {
          values.delete(key);
          changed(key);
        },
      };
      const environment = {
        ...browserEnvironment(),
        fetch: fetchWithCookies,
        onStorage(listener: (key: string) => void) {
          mine.add(listener);
          storageListeners.add(listener);
          return () => void storageListeners.delete(listener);
        },
      };
      // Node's WebSocket sends no cookies. The event stream is read with fetch, which does here.
      const client = createClient(
        { baseUrl: server.url, storage, transports: ["sse", "polling"], autoStart: true, ...options },
        environment,
      );
      onTestFinished(() => client.close());
      return client;
    },
    hasCookie: () => cookies.size > 0,
  };
}
