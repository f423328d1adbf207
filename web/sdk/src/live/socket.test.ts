import { beforeEach, expect, test, vi } from "vitest";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createTokenSource } from "../api/token.js";
import { openSocket } from "./socket.js";

const ignore = () => undefined;
const connection = { onAny: ignore, offAny: ignore, on: ignore, connect: ignore, disconnect: ignore };
const io = vi.fn<(url: string, options: { path: string }) => typeof connection>(() => connection);
vi.mock("socket.io-client", () => ({ io }));

beforeEach(() => io.mockClear());

test.each([
  ["https://shop.example", "https://shop.example", "/socket.io/"],
  ["https://site.example/shop", "https://site.example", "/shop/socket.io/"],
  ["http://localhost:3001/de/shop", "http://localhost:3001", "/de/shop/socket.io/"],
])("the path of %s is not a namespace", async (liveUrl, origin, path) => {
  const socket = openSocket(
    {
      environment: createFakeEnvironment(),
      baseUrl: liveUrl,
      liveUrl,
      credentials: "same-origin",
      token: createTokenSource(undefined),
      cursor: () => null,
      known: () => [],
      pollEvery: 5000,
    },
    { opened: ignore, incoming: ignore, message: ignore, activity: ignore, closed: ignore },
  );
  await vi.waitFor(() => expect(io).toHaveBeenCalledTimes(1));
  expect(io).toHaveBeenCalledWith(origin, expect.objectContaining({ path }));
  socket.close();
});
