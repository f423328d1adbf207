import { QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

// The library repeats nothing on a server, which it takes a missing window for.
vi.hoisted(() => Object.assign(globalThis, { window: globalThis }));

import { createQueryClient, refetchFailed } from "./queryClient";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A query whose server is away until `isUp`. */
function openQuery() {
  const client = createQueryClient();
  const server = { isUp: false, requests: 0 };
  const observer = new QueryObserver(client, {
    queryKey: ["series"],
    queryFn: async () => {
      server.requests += 1;
      if (!server.isUp) throw new Error("offline");
      return "data";
    },
  });
  const stop = observer.subscribe(() => undefined);
  return { client, server, stop, state: () => observer.getCurrentResult().status };
}

it("repeats a failed query until it succeeds, and then no more", async () => {
  const { server, stop, state } = openQuery();
  await vi.advanceTimersByTimeAsync(100);
  expect(state()).toBe("error");
  server.isUp = true;
  await vi.advanceTimersByTimeAsync(11_000);
  expect(state()).toBe("success");
  const { requests } = server;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.requests).toBe(requests);
  stop();
});

it("repeats failed queries at once when the connection is back, and no others", async () => {
  const { client, server, stop, state } = openQuery();
  await vi.advanceTimersByTimeAsync(100);
  server.isUp = true;
  refetchFailed(client);
  await vi.advanceTimersByTimeAsync(10);
  expect([state(), server.requests]).toEqual(["success", 2]);
  refetchFailed(client);
  await vi.advanceTimersByTimeAsync(10);
  expect(server.requests).toBe(2);
  stop();
});
