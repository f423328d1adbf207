// Maintains one live connection: it uses the best transport that works, reconnects after each loss, and upgrades when a
// better transport works again.

import type { Scheduler } from "../core/scheduler.js";
import { createWritableStore } from "../core/writableStore.js";
import type { Environment, Timer } from "../core/environment.js";
import { localProblem } from "../problem.js";
import type { LiveMessage, TransportName } from "./events.js";
import type { IncomingMessage } from "./incoming.js";
import { createTransportFallback, type TransportFallback, probeDelay, type NextAttempt } from "./transportFallback.js";
import type { ConnectionSnapshot, ConnectionStore } from "./state.js";
import type { TransportClosed, TransportHandle, TransportOpened, Transport, TransportContext } from "./transport.js";

export interface ConnectionEvents {
  onOpened: (opened: TransportOpened, transport: TransportName) => void;
  onIncoming: (incoming: IncomingMessage) => void;
  onMessage: (message: LiveMessage) => void;
  onLost: () => void;
  /** Whether to connect again, at the head, instead of receiving everything that was missed. */
  skips: (opened: TransportOpened) => boolean;
  /** The server refused the credentials. Resolves to whether to try again as the same person. */
  mayReturn: (closed: TransportClosed) => Promise<boolean>;
}

export interface Connection extends ConnectionStore {
  connect: () => void;
  setCatchingUp: (isCatchingUp: boolean) => void;
  /** Disconnects and resets the snapshot. */
  disconnect: () => void;
}

/** Consecutive failed attempts after which the state is `offline`. */
const OFFLINE_AFTER = 4;
/** `lastUpdate` has a resolution of one second (in milliseconds): fifty events per second must not cause fifty notifications. */
const UPDATE_STEP = 1000;

const OFFLINE: TransportClosed = { code: "offline", message: "This device has no network.", next: "retry" };

export const IDLE: ConnectionSnapshot = {
  state: "idle",
  isConnected: false,
  transport: null,
  attempts: 0,
  nextAttemptAt: null,
  liveSince: null,
  lastUpdate: null,
  lastError: null,
  isCatchingUp: false,
  recovered: false,
};

export function createConnection(
  scheduler: Scheduler,
  environment: Environment,
  transports: readonly Transport[],
  context: TransportContext,
  events: ConnectionEvents,
): Connection {
  const store = createWritableStore<ConnectionSnapshot>(scheduler, IDLE);
  let fallback: TransportFallback = createTransportFallback(transports.length, environment.random);
  /** The transport that is live or being opened. */
  let current: { handle: TransportHandle; level: number } | undefined;
  /** A better transport that is being tried while a lesser one is live. */
  let probe: TransportHandle | undefined;
  let probes = 0;
  let retry: Timer | undefined;
  let nextProbe: Timer | undefined;
  let isWanted = false;
  let wasLive = false;
  /** The connection skipped what it missed, and is being opened again. */
  let hasSkipped = false;
  let stopPageState: (() => void) | undefined;

  function schedule({ level, delayMs }: NextAttempt): void {
    environment.clearTimeout(retry);
    const isOffline = !environment.isOnline() || fallback.attempts >= OFFLINE_AFTER;
    store.patch({
      state: isOffline ? "offline" : wasLive ? "reconnecting" : "connecting",
      isConnected: false,
      liveSince: null,
      attempts: fallback.attempts,
      nextAttemptAt: environment.now() + delayMs,
    });
    retry = environment.setTimeout(() => attempt(level), delayMs);
  }

  function attempt(level: number): void {
    const transport = transports[level];
    if (!isWanted || transport === undefined) return;
    store.patch({ nextAttemptAt: null });
    let openedAt: number | null = null;
    const mine: { handle: TransportHandle; level: number } = {
      level,
      handle: open(transport, {
        opened: (opened) => {
          openedAt = environment.now();
          if (current !== mine) return;
          if (!hasSkipped && events.skips(opened)) {
            hasSkipped = true;
            mine.handle.close();
            current = undefined;
            return attempt(level);
          }
          live(mine, transport, hasSkipped ? { ...opened, recovered: false } : opened);
          hasSkipped = false;
        },
        closed: (closed) => {
          if (current !== mine) return;
          current = undefined;
          lost(closed, openedAt === null ? null : environment.now() - openedAt);
        },
      }),
    };
    current = mine;
  }

  /** Messages count from the start; the hub drops duplicates by event id. */
  function open(
    transport: Transport,
    on: { opened: (opened: TransportOpened) => void; closed: (closed: TransportClosed) => void },
  ): TransportHandle {
    return transport.open(context, {
      ...on,
      incoming(incoming) {
        activity();
        events.onIncoming(incoming);
      },
      message: (name, payload) =>
        events.onMessage({ name, payload, transport: transport.name, receivedAt: environment.now() }),
      activity,
    });
  }

  function activity(): void {
    const now = environment.now();
    const { lastUpdate } = store.getSnapshot();
    if (lastUpdate === null || now - lastUpdate >= UPDATE_STEP) store.patch({ lastUpdate: now }, "onFrame");
  }

  function live(mine: { level: number }, transport: Transport, opened: TransportOpened): void {
    fallback.connected(mine.level);
    wasLive = true;
    const now = environment.now();
    store.patch({
      state: "live",
      isConnected: true,
      transport: transport.name,
      attempts: 0,
      nextAttemptAt: null,
      liveSince: now,
      lastUpdate: now,
      recovered: opened.recovered,
    });
    events.onOpened(opened, transport.name);
    if (mine.level > 0) scheduleProbe();
  }

  function lost(closed: TransportClosed, liveFor: number | null): void {
    endProbe();
    const { code, message } = closed;
    store.patch({ lastError: { code, message, at: environment.now() }, isCatchingUp: false });
    events.onLost();
    if (closed.next !== "refresh" && closed.next !== "signed-out") {
      return schedule(fallback.failed({ liveFor, isBlocked: closed.next === "blocked", afterMs: closed.afterMs }));
    }
    // `mayReturn` may take as long as a request.
    const { state } = store.getSnapshot();
    store.patch({ state: state === "live" ? "reconnecting" : state, isConnected: false, liveSince: null });
    const decide = (may: boolean, isBlocked: boolean) => {
      if (!isWanted || current !== undefined) return;
      if (may) schedule(fallback.failed({ liveFor, isBlocked }));
      else stop();
    };
    events.mayReturn(closed).then(
      // The API accepts the credentials and this transport does not: another transport may.
      (may) => decide(may, closed.next === "signed-out"),
      // The token source failed, which is not a refusal.
      () => decide(true, false),
    );
  }

  function scheduleProbe(): void {
    environment.clearTimeout(nextProbe);
    nextProbe = environment.setTimeout(() => tryBetter(0), probeDelay(probes, environment.random));
  }

  /** Tries the better transports one after the other, beside the live one. */
  function tryBetter(level: number): void {
    const transport = transports[level];
    if (!isWanted || current === undefined || transport === undefined || level >= current.level) {
      probes += 1;
      if (current !== undefined && current.level > 0) scheduleProbe();
      return;
    }
    let openedAt: number | null = null;
    const mine: { handle: TransportHandle; level: number } = {
      level,
      handle: open(transport, {
        opened: (opened) => {
          if (probe !== mine.handle) return;
          openedAt = environment.now();
          probe = undefined;
          // The old transport closes only after the new one is open, so no event falls between them.
          const before = current;
          current = mine;
          before?.handle.close();
          events.onLost();
          probes = 0;
          live(mine, transport, opened);
        },
        closed: (closed) => {
          if (current === mine) {
            current = undefined;
            lost(closed, openedAt === null ? null : environment.now() - openedAt);
          } else if (probe === mine.handle) {
            probe = undefined;
            tryBetter(level + 1);
          }
        },
      }),
    };
    probe = mine.handle;
  }

  function endProbe(): void {
    environment.clearTimeout(nextProbe);
    probe?.close();
    probe = undefined;
  }

  function stop(): void {
    isWanted = false;
    hasSkipped = false;
    wasLive = false;
    stopPageState?.();
    stopPageState = undefined;
    environment.clearTimeout(retry);
    endProbe();
    current?.handle.close();
    if (current !== undefined) events.onLost();
    current = undefined;
    const { lastError, lastUpdate } = store.getSnapshot();
    store.set({ ...IDLE, lastError, lastUpdate });
  }

  function connect(): void {
    if (isWanted) return;
    isWanted = true;
    probes = 0;
    fallback = createTransportFallback(transports.length, environment.random);
    stopPageState = environment.onPageStateChange(onPageState);
    store.patch({ state: "connecting" });
    attempt(0);
  }

  /** The page became visible or the network changed. */
  function onPageState(): void {
    if (!environment.isOnline()) {
      if (current === undefined) return store.patch({ state: "offline" });
      // Without this, a dead connection is noticed only at its next heartbeat.
      const { liveSince } = store.getSnapshot();
      current.handle.close();
      current = undefined;
      lost(OFFLINE, liveSince === null ? null : environment.now() - liveSince);
    } else if (current === undefined && environment.isVisible()) schedule(fallback.restart());
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    connect,
    setCatchingUp: (isCatchingUp) => store.patch({ isCatchingUp }),
    disconnect() {
      stop();
      store.set(IDLE);
    },
    pause: stop,
    reconnect() {
      if (!isWanted) connect();
      else if (current === undefined) schedule(fallback.restart());
    },
    ask(name, argument) {
      const ask = store.getSnapshot().isConnected ? current?.handle.ask : undefined;
      return (
        ask?.(name, argument) ??
        Promise.reject(localProblem("network", "This needs a live connection over Socket.IO, and there is none."))
      );
    },
  };
}
