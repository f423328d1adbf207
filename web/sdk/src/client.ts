// Wires the parts of the client together.

import { type Api, createApi } from "./api/http.js";
import { createKeys } from "./api/keys.js";
import { createSend } from "./api/send.js";
import { createTokenSource } from "./api/token.js";
import type { Ordercast, OrdercastOptions } from "./contract.js";
import { type Environment, browserEnvironment } from "./core/environment.js";
import { createPersistence } from "./core/persistence.js";
import { createListeners } from "./core/listeners.js";
import { createRetry } from "./core/retry.js";
import { createScheduler } from "./core/scheduler.js";
import { createInbox } from "./inbox/inbox.js";
import { createCatchUp } from "./live/catchUp.js";
import { type Connection, createConnection } from "./live/connection.js";
import { createCursorTracker } from "./live/cursor.js";
import type { LiveMessage, TransportName } from "./live/events.js";
import { createHub } from "./live/hub.js";
import { openPolling } from "./live/polling.js";
import { createPresence } from "./live/presence.js";
import { openSocket } from "./live/socket.js";
import { openStream } from "./live/sse.js";
import type { OpenTransport } from "./live/transport.js";
import type { Account } from "./model.js";
import { createOrders } from "./orders/orders.js";
import { OrdercastProblem } from "./problem.js";
import { createSession, type Session } from "./session/session.js";
import { createStats } from "./stats.js";

const TRANSPORTS: Record<TransportName, OpenTransport> = { socket: openSocket, sse: openStream, polling: openPolling };
const BEST_FIRST: readonly TransportName[] = ["socket", "sse", "polling"];
/** Milliseconds between two saves of the tracked orders. */
const SAVE_INTERVAL_MS = 2000;

/** Creates a client of one Ordercast server. Importing this module and calling this have no side effects on a server. */
export function createOrdercast(options: OrdercastOptions = {}): Ordercast {
  return createClient(options, browserEnvironment());
}

export function createClient(options: OrdercastOptions, environment: Environment): Ordercast {
  const page = typeof location === "undefined" ? undefined : location.origin;
  const baseUrl = trimmed(options.baseUrl ?? page ?? "http://localhost");
  const liveUrl = trimmed(options.liveUrl ?? baseUrl);
  const token = createTokenSource(options.token);
  const persistence = createPersistence(`ordercast:${baseUrl}:`, options.storage);
  const scheduler = createScheduler(environment);
  const messages = createListeners<[LiveMessage]>();
  let isStarted = false;
  let stopLeaving: (() => void) | undefined;
  let saving: ReturnType<Environment["setTimeout"]> | undefined;

  const send = createSend({
    environment,
    token,
    keys: createKeys(),
    timeoutMs: options.requestTimeout ?? 30_000,
    onSignedOut: (problem) => session.verify(problem),
  });
  const api: Api = createApi(baseUrl, credentialsFor(baseUrl), send);

  const session: Session = createSession({ api, environment, persistence, scheduler, onAccount });
  const account = (): Account | null => session.account();
  const cursor = createCursorTracker(environment, persistence, options.resumeWithin);
  const onRead = cursor.read;
  const onSettled = () => {
    hub.settled();
    catchUp.settled();
  };
  /** Reads again what could not be read: lists, pages, notifications and counts. */
  const retry = createRetry(environment, () => {
    orders.catchUp();
    inbox.loadIfNeeded();
    stats.loadIfNeeded();
  });
  const onFailed = retry.failed;
  const onOwn = (id: string, version: number) => hub.own(id, version);
  const orders = createOrders({
    api,
    environment,
    persistence,
    scheduler,
    account,
    maxOrders: options.maxOrders ?? 20_000,
    onRead,
    covers: cursor.covers,
    onOwn,
    onSettled,
    onFailed,
  });
  const inbox = createInbox({
    api,
    environment,
    scheduler,
    account,
    onRead,
    covers: cursor.covers,
    onSettled,
    onFailed,
  });
  const stats = createStats(api, environment, scheduler, account, onFailed);
  const presence = createPresence({
    environment,
    scheduler,
    account,
    ask: (name, argument) => connection.ask(name, argument),
  });
  const catchUp = createCatchUp({
    environment,
    followsStore: () => account()?.role === "staff",
    isReading: orders.isReading,
    onChange: (isCatchingUp) => connection.setCatchingUp(isCatchingUp),
  });
  const onReceived = catchUp.received;
  const hub = createHub({ environment, scheduler, cursor, orders, inbox, stats, presence, account, onReceived });

  const connection: Connection = createConnection(
    scheduler,
    environment,
    (options.transports ?? BEST_FIRST).map((name) => ({ name, open: TRANSPORTS[name] })),
    {
      environment,
      baseUrl,
      liveUrl,
      credentials: credentialsFor(liveUrl),
      token,
      cursor: cursor.last,
      known: orders.known,
      pollEvery: options.pollEvery ?? 5000,
    },
    {
      onIncoming(incoming) {
        hub.receive(incoming);
        saveSoon();
      },
      onMessage: messages.call,
      onOpened(opened, transport) {
        hub.opened(opened.head);
        cursor.opened(opened.cursor, opened.recovered);
        presence.opened(transport === "socket");
        retry.restart();
        // Responses read before the connection began may have missed events.
        orders.catchUp();
        inbox.catchUp();
        stats.invalidate();
        catchUp.opened(opened);
        if (!session.getSnapshot().verified) void session.refresh();
      },
      onLost() {
        presence.lost();
        inbox.lost();
        catchUp.lost();
      },
      skips(opened) {
        if (opened.head === null || !catchUp.isTooFar(opened)) return false;
        // Everything that was read before is read again.
        cursor.restart(opened.head);
        return true;
      },
      async mayReturn({ code, message, next }) {
        if (next === "refresh" && (await token.isWorthAnother({ code, status: 401 }, false))) return true;
        const { state } = await session.refresh();
        if (state === "signed-in") return token.usesCookie || next !== "refresh";
        session.verify(new OrdercastProblem({ code, status: 401, title: "Signed out", detail: message }));
        return false;
      },
    },
  );

  /** Discards everything of the previous account. */
  function onAccount(now: Account | null, gone: readonly Account[]): void {
    connection.disconnect();
    retry.stop();
    hub.clear();
    cursor.setAccount(now);
    orders.setAccount(now);
    for (const each of gone) {
      cursor.forget(each);
      orders.forget(each);
    }
    inbox.setAccount(now);
    stats.setAccount(now);
    if (now !== null && isStarted) connection.connect();
  }

  function credentialsFor(url: string): RequestCredentials {
    if (!token.usesCookie) return "omit";
    return page === undefined || new URL(url).origin === page ? "same-origin" : "include";
  }

  function saveSoon(): void {
    saving ??= environment.setTimeout(save, SAVE_INTERVAL_MS);
  }

  function save(): void {
    environment.clearTimeout(saving);
    saving = undefined;
    orders.save();
  }

  const client: Ordercast = {
    api,
    session,
    connection,
    orders,
    inbox,
    stats,
    presence,
    onEvent: hub.onEvent,
    onProduct: hub.onProduct,
    onReset: hub.onReset,
    onMessage: messages.add,
    start() {
      if (isStarted) return;
      isStarted = true;
      stopLeaving = environment.onPageHide(save);
      session.start();
    },
    close() {
      if (!isStarted) return;
      isStarted = false;
      save();
      stopLeaving?.();
      session.stop();
      retry.stop();
      scheduler.clear();
    },
  };
  if (options.autoStart ?? typeof document !== "undefined") client.start();
  return client;
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
