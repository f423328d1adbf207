import { describe, expect, test } from "vitest";
import { createWorld } from "../../tests/support/world.js";
import { createTokenSource } from "../api/token.js";
import { createPulse } from "../core/pulse.js";
import { createConnection } from "./connection.js";
import type { TransportName } from "./events.js";
import type { Closed, Sink, Transport } from "./transport.js";

const RETRY: Closed = { code: "transport close", message: "lost", next: "retry" };
const BLOCKED: Closed = { code: "timeout", message: "swallowed", next: "blocked" };

/** A connection over ways in that the test opens and closes. */
function setUp(mayReturn: () => Promise<boolean> = () => Promise.resolve(false)) {
  const world = createWorld();
  const attempts: { name: TransportName; sink: Sink; isHungUp: boolean }[] = [];
  const opened: string[] = [];
  const transports = (["socket", "sse", "polling"] as const).map(
    (name): Transport => ({
      name,
      open(_, sink) {
        const attempt = { name, sink, isHungUp: false };
        attempts.push(attempt);
        return {
          hangUp() {
            attempt.isHungUp = true;
          },
        };
      },
    }),
  );
  const context = {
    environment: world,
    baseUrl: "",
    liveUrl: "",
    credentials: "omit",
    token: createTokenSource("t"),
    cursor: () => null,
    known: () => [],
    pollEvery: 5000,
  } as const;
  const connection = createConnection(createPulse(world), world, transports, context, {
    onOpened: (_, name) => opened.push(name),
    onIncoming: () => undefined,
    onMessage: () => undefined,
    onLost: () => undefined,
    mayReturn,
  });
  const last = () => {
    const attempt = attempts[attempts.length - 1];
    if (attempt === undefined) throw new Error("nothing was attempted");
    return attempt;
  };
  const open = () => last().sink.opened({ cursor: "ab:1", head: "ab:1", recovered: true });
  return { world, connection, attempts, opened, last, open };
}

describe("the connection", () => {
  test("that something was heard takes no event's turn: it is told with the next frame", async () => {
    const { world, connection, last, open } = setUp();
    connection.connect();
    open();
    await world.pass(5000);
    let told = 0;
    connection.subscribe(() => (told += 1));
    last().sink.heard();
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toBe(0);
    await world.pass(16);
    expect(told).toBe(1);
  });

  test("D13: tells how it is at each step, and how many attempts failed", async () => {
    const { world, connection, attempts, last, open } = setUp();
    expect(connection.getSnapshot().state).toBe("idle");
    connection.connect();
    expect(connection.getSnapshot()).toMatchObject({ state: "connecting", isConnected: false });
    open();
    expect(connection.getSnapshot()).toMatchObject({
      state: "live",
      isConnected: true,
      transport: "socket",
      liveSince: world.now(),
      lastUpdate: world.now(),
    });
    await world.pass(10_000);
    last().sink.closed(RETRY);
    const lost = connection.getSnapshot();
    expect(lost).toMatchObject({
      state: "reconnecting",
      attempts: 0,
      lastError: { code: "transport close", at: world.now() },
    });
    expect(lost.nextAttemptAt).toBeGreaterThan(world.now());
    while (connection.getSnapshot().attempts < 4) {
      const before = attempts.length;
      await world.pass(20_000);
      expect(attempts.length).toBe(before + 1);
      last().sink.closed(RETRY);
    }
    expect(connection.getSnapshot().state).toBe("offline");
    await world.pass(20_000);
    open();
    expect(connection.getSnapshot()).toMatchObject({ state: "live", attempts: 0, nextAttemptAt: null });
  });

  test("A11: goes down where a way is blocked, and up again without a gap when it is not", async () => {
    const { world, connection, attempts, last, open, opened } = setUp();
    connection.connect();
    last().sink.closed(BLOCKED);
    await world.pass(0);
    expect(last().name).toBe("sse");
    open();
    const stream = last();
    await world.pass(2500);
    expect(last().name, "a look whether the socket works").toBe("socket");
    expect(stream.isHungUp, "the stream stays meanwhile").toBe(false);
    last().sink.closed(BLOCKED);
    expect(connection.getSnapshot()).toMatchObject({ state: "live", transport: "sse" });
    await world.pass(10_000);
    expect(attempts.filter((attempt) => attempt.name === "socket")).toHaveLength(3);
    open();
    expect(stream.isHungUp).toBe(true);
    expect(connection.getSnapshot()).toMatchObject({ state: "live", transport: "socket" });
    expect(opened).toEqual(["sse", "socket"]);
    await world.pass(600_000);
    expect(attempts, "nothing is better than the socket").toHaveLength(4);
  });

  test("what a connection says after it was hung up on counts for nothing", async () => {
    const { world, connection, last, open } = setUp();
    connection.connect();
    const socket = last();
    open();
    connection.pause();
    expect(socket.isHungUp).toBe(true);
    socket.sink.closed(RETRY);
    await world.pass(60_000);
    expect(connection.getSnapshot().state).toBe("idle");
    connection.reconnect();
    expect(connection.getSnapshot().state).toBe("connecting");
  });

  test("without a network it is offline at once, and tries again the moment that it is back", async () => {
    const { world, connection, attempts, open } = setUp();
    connection.connect();
    open();
    await world.pass(10_000);
    world.connect(false);
    expect(connection.getSnapshot()).toMatchObject({ state: "offline", lastError: { code: "offline" } });
    const before = attempts.length;
    world.connect(true);
    await world.pass(0);
    expect(attempts.length).toBe(before + 1);
  });

  test("somebody who looks does not wait for the next attempt", async () => {
    const { world, connection, attempts, last } = setUp();
    connection.connect();
    for (let times = 0; times < 6; times += 1) {
      last().sink.closed(RETRY);
      await world.pass(20_000);
    }
    last().sink.closed(RETRY);
    const before = attempts.length;
    world.show(false);
    await world.pass(0);
    expect(attempts.length).toBe(before);
    world.show(true);
    await world.pass(0);
    expect(attempts.length).toBe(before + 1);
    expect(last().name).toBe("socket");
  });

  test("where nobody is signed in any more it stops, and where somebody is it comes back", async () => {
    const out = setUp();
    out.connection.connect();
    out.open();
    out.last().sink.closed({ code: "session_ended", message: "", next: "signed-out" });
    await out.world.pass(60_000);
    expect(out.connection.getSnapshot()).toMatchObject({ state: "idle", lastError: { code: "session_ended" } });
    expect(out.attempts).toHaveLength(1);
    const back = setUp(() => Promise.resolve(true));
    back.connection.connect();
    back.open();
    back.last().sink.closed({ code: "token_expired", message: "", next: "refresh" });
    await back.world.pass(60_000);
    expect(back.attempts.length).toBeGreaterThan(1);
  });

  test("D13: while it is asked who may come back, it says that it is not live", async () => {
    let answer: (may: boolean) => void = () => undefined;
    const { world, connection, last, open } = setUp(() => new Promise((resolve) => (answer = resolve)));
    const expired: Closed = { code: "token_expired", message: "", next: "refresh" };
    connection.connect();
    last().sink.closed(expired);
    expect(connection.getSnapshot(), "it never was live").toMatchObject({ state: "connecting", isConnected: false });
    answer(true);
    await world.pass(20_000);
    open();
    last().sink.closed(expired);
    await world.pass(30_000);
    expect(connection.getSnapshot()).toMatchObject({ state: "reconnecting", isConnected: false, liveSince: null });
    answer(true);
    await world.pass(20_000);
    open();
    expect(connection.getSnapshot()).toMatchObject({ state: "live", isConnected: true });
  });

  test("where it cannot be found out who may come back, it tries again, a little later each time", async () => {
    const { world, connection, attempts, last, open } = setUp(() => Promise.reject(new Error("no token now")));
    connection.connect();
    open();
    last().sink.closed({ code: "token_expired", message: "", next: "refresh" });
    await world.pass(0);
    expect(attempts, "not at once").toHaveLength(1);
    expect(connection.getSnapshot()).toMatchObject({ state: "reconnecting", isConnected: false });
    await world.pass(20_000);
    expect(attempts).toHaveLength(2);
    open();
    expect(connection.getSnapshot()).toMatchObject({ state: "live", isConnected: true });
  });

  test("fifty changes a second are no fifty news of the connection", async () => {
    const { world, connection, last, open } = setUp();
    connection.connect();
    open();
    await world.pass(100);
    let told = 0;
    connection.subscribe(() => (told += 1));
    for (let change = 0; change < 100; change += 1) {
      last().sink.heard();
      await world.pass(20);
    }
    expect(told).toBeLessThanOrEqual(2);
    expect(connection.getSnapshot().lastUpdate).toBeGreaterThan(world.now() - 1100);
  });
});
