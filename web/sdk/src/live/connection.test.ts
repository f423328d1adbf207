import { describe, expect, test } from "vitest";
import { createFakeEnvironment } from "../../tests/support/environment.js";
import { createTokenSource } from "../api/token.js";
import { createScheduler } from "../core/scheduler.js";
import { createConnection } from "./connection.js";
import type { TransportName } from "./events.js";
import type { TransportClosed, TransportListener, Transport } from "./transport.js";

const RETRY: TransportClosed = { code: "transport close", message: "lost", next: "retry" };
const BLOCKED: TransportClosed = { code: "timeout", message: "swallowed", next: "blocked" };

/** A connection over transports that the test opens and closes. */
function setUp(mayReturn: () => Promise<boolean> = () => Promise.resolve(false)) {
  const environment = createFakeEnvironment();
  const attempts: { name: TransportName; listener: TransportListener; isClosed: boolean }[] = [];
  const opened: string[] = [];
  const transports = (["socket", "sse", "polling"] as const).map(
    (name): Transport => ({
      name,
      open(_, listener) {
        const attempt = { name, listener, isClosed: false };
        attempts.push(attempt);
        return {
          close() {
            attempt.isClosed = true;
          },
        };
      },
    }),
  );
  const context = {
    environment,
    baseUrl: "",
    liveUrl: "",
    credentials: "omit",
    token: createTokenSource("t"),
    cursor: () => null,
    known: () => [],
    pollEvery: 5000,
  } as const;
  const connection = createConnection(createScheduler(environment), environment, transports, context, {
    onOpened: (_, name) => opened.push(name),
    onIncoming: () => undefined,
    onMessage: () => undefined,
    onLost: () => undefined,
    skips: () => false,
    mayReturn,
  });
  const last = () => {
    const attempt = attempts[attempts.length - 1];
    if (attempt === undefined) throw new Error("nothing was attempted");
    return attempt;
  };
  const open = () => last().listener.opened({ cursor: "ab:1", head: "ab:1", recovered: true });
  return { environment, connection, attempts, opened, last, open };
}

describe("the connection", () => {
  test("a sign of life notifies with the next frame, so that it does not delay events", async () => {
    const { environment, connection, last, open } = setUp();
    connection.connect();
    open();
    await environment.advance(5000);
    let notified = 0;
    connection.subscribe(() => (notified += 1));
    last().listener.activity();
    await Promise.resolve();
    await Promise.resolve();
    expect(notified).toBe(0);
    await environment.advance(16);
    expect(notified).toBe(1);
  });

  test("reports each state and the number of failed attempts", async () => {
    const { environment, connection, attempts, last, open } = setUp();
    expect(connection.getSnapshot().state).toBe("idle");
    connection.connect();
    expect(connection.getSnapshot()).toMatchObject({ state: "connecting", isConnected: false });
    open();
    expect(connection.getSnapshot()).toMatchObject({
      state: "live",
      isConnected: true,
      transport: "socket",
      liveSince: environment.now(),
      lastUpdate: environment.now(),
    });
    await environment.advance(10_000);
    last().listener.closed(RETRY);
    const lost = connection.getSnapshot();
    expect(lost).toMatchObject({
      state: "reconnecting",
      attempts: 0,
      lastError: { code: "transport close", at: environment.now() },
    });
    expect(lost.nextAttemptAt).toBeGreaterThan(environment.now());
    while (connection.getSnapshot().attempts < 4) {
      const before = attempts.length;
      await environment.advance(20_000);
      expect(attempts.length).toBe(before + 1);
      last().listener.closed(RETRY);
    }
    expect(connection.getSnapshot().state).toBe("offline");
    await environment.advance(20_000);
    open();
    expect(connection.getSnapshot()).toMatchObject({ state: "live", attempts: 0, nextAttemptAt: null });
  });

  test("falls back where a transport is blocked, and upgrades again without a gap", async () => {
    const { environment, connection, attempts, last, open, opened } = setUp();
    connection.connect();
    last().listener.closed(BLOCKED);
    await environment.advance(0);
    expect(last().name).toBe("sse");
    open();
    const stream = last();
    await environment.advance(2500);
    expect(last().name, "a look whether the socket works").toBe("socket");
    expect(stream.isClosed, "the stream stays meanwhile").toBe(false);
    last().listener.closed(BLOCKED);
    expect(connection.getSnapshot()).toMatchObject({ state: "live", transport: "sse" });
    await environment.advance(10_000);
    expect(attempts.filter((attempt) => attempt.name === "socket")).toHaveLength(3);
    open();
    expect(stream.isClosed).toBe(true);
    expect(connection.getSnapshot()).toMatchObject({ state: "live", transport: "socket" });
    expect(opened).toEqual(["sse", "socket"]);
    await environment.advance(600_000);
    expect(attempts, "nothing is better than the socket").toHaveLength(4);
  });

  test("ignores what a closed transport reports", async () => {
    const { environment, connection, last, open } = setUp();
    connection.connect();
    const socket = last();
    open();
    connection.pause();
    expect(socket.isClosed).toBe(true);
    socket.listener.closed(RETRY);
    await environment.advance(60_000);
    expect(connection.getSnapshot().state).toBe("idle");
    connection.reconnect();
    expect(connection.getSnapshot().state).toBe("connecting");
  });

  test("is offline at once without a network, and reconnects when the network is back", async () => {
    const { environment, connection, attempts, open } = setUp();
    connection.connect();
    open();
    await environment.advance(10_000);
    environment.connect(false);
    expect(connection.getSnapshot()).toMatchObject({ state: "offline", lastError: { code: "offline" } });
    const before = attempts.length;
    environment.connect(true);
    await environment.advance(0);
    expect(attempts.length).toBe(before + 1);
  });

  test("reconnects at once when the page becomes visible", async () => {
    const { environment, connection, attempts, last } = setUp();
    connection.connect();
    for (let times = 0; times < 6; times += 1) {
      last().listener.closed(RETRY);
      await environment.advance(20_000);
    }
    last().listener.closed(RETRY);
    const before = attempts.length;
    environment.show(false);
    await environment.advance(0);
    expect(attempts.length).toBe(before);
    environment.show(true);
    await environment.advance(0);
    expect(attempts.length).toBe(before + 1);
    expect(last().name).toBe("socket");
  });

  test("stops when the session has ended, and reconnects when somebody is still signed in", async () => {
    const out = setUp();
    out.connection.connect();
    out.open();
    out.last().listener.closed({ code: "session_ended", message: "", next: "signed-out" });
    await out.environment.advance(60_000);
    expect(out.connection.getSnapshot()).toMatchObject({ state: "idle", lastError: { code: "session_ended" } });
    expect(out.attempts).toHaveLength(1);
    const back = setUp(() => Promise.resolve(true));
    back.connection.connect();
    back.open();
    back.last().listener.closed({ code: "token_expired", message: "", next: "refresh" });
    await back.environment.advance(60_000);
    expect(back.attempts.length).toBeGreaterThan(1);
  });

  test("is not live while the session is being checked", async () => {
    let answer: (may: boolean) => void = () => undefined;
    const { environment, connection, last, open } = setUp(() => new Promise((resolve) => (answer = resolve)));
    const expired: TransportClosed = { code: "token_expired", message: "", next: "refresh" };
    connection.connect();
    last().listener.closed(expired);
    expect(connection.getSnapshot(), "it never was live").toMatchObject({ state: "connecting", isConnected: false });
    answer(true);
    await environment.advance(20_000);
    open();
    last().listener.closed(expired);
    await environment.advance(30_000);
    expect(connection.getSnapshot()).toMatchObject({ state: "reconnecting", isConnected: false, liveSince: null });
    answer(true);
    await environment.advance(20_000);
    open();
    expect(connection.getSnapshot()).toMatchObject({ state: "live", isConnected: true });
  });

  test("tries again with growing delays when the session cannot be checked", async () => {
    const { environment, connection, attempts, last, open } = setUp(() => Promise.reject(new Error("no token now")));
    connection.connect();
    open();
    last().listener.closed({ code: "token_expired", message: "", next: "refresh" });
    await environment.advance(0);
    expect(attempts, "not at once").toHaveLength(1);
    expect(connection.getSnapshot()).toMatchObject({ state: "reconnecting", isConnected: false });
    await environment.advance(20_000);
    expect(attempts).toHaveLength(2);
    open();
    expect(connection.getSnapshot()).toMatchObject({ state: "live", isConnected: true });
  });

  test("fifty events per second do not cause fifty notifications of the connection", async () => {
    const { environment, connection, last, open } = setUp();
    connection.connect();
    open();
    await environment.advance(100);
    let notified = 0;
    connection.subscribe(() => (notified += 1));
    for (let change = 0; change < 100; change += 1) {
      last().listener.activity();
      await environment.advance(20);
    }
    expect(notified).toBeLessThanOrEqual(2);
    expect(connection.getSnapshot().lastUpdate).toBeGreaterThan(environment.now() - 1100);
  });
});
