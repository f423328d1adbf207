// Keeps one live connection: over the best way in that works, back after every loss, up again when a better one works.

import type { Pulse } from "../core/pulse.js";
import { createCell } from "../core/cell.js";
import type { Environment, Timer } from "../core/environment.js";
import { localProblem } from "../problem.js";
import type { LiveMessage, TransportName } from "./events.js";
import type { Incoming } from "./incoming.js";
import { createLadder, type Ladder, probeDelay, type Step } from "./ladder.js";
import type { ConnectionSnapshot, ConnectionStore } from "./state.js";
import type { Closed, Link, Opened, Transport, TransportContext } from "./transport.js";

export interface ConnectionEvents {
  onOpened: (opened: Opened, transport: TransportName) => void;
  onIncoming: (incoming: Incoming) => void;
  onMessage: (message: LiveMessage) => void;
  onLost: () => void;
  /** The server let nobody in as who we said we are. Whether another attempt makes sense, as the same person. */
  mayReturn: (closed: Closed) => Promise<boolean>;
}

export interface Connection extends ConnectionStore {
  connect: () => void;
  /** Hangs up, and forgets how it went. */
  disconnect: () => void;
}

/** Failed attempts in a row after which it is called offline. */
const OFFLINE_AFTER = 4;
/** `lastUpdate` is told to the second: fifty changes a second are no fifty news of the connection. */
const UPDATE_STEP = 1000;

const OFFLINE: Closed = { code: "offline", message: "This device has no network.", next: "retry" };

export const IDLE: ConnectionSnapshot = {
  state: "idle",
  isConnected: false,
  transport: null,
  attempts: 0,
  nextAttemptAt: null,
  liveSince: null,
  lastUpdate: null,
  lastError: null,
  recovered: false,
};

export function createConnection(
  pulse: Pulse,
  environment: Environment,
  transports: readonly Transport[],
  context: TransportContext,
  events: ConnectionEvents,
): Connection {
  const cell = createCell<ConnectionSnapshot>(pulse, IDLE);
  let ladder: Ladder = createLadder(transports.length, environment.random);
  /** What is live, or being tried. */
  let current: { link: Link; rung: number } | undefined;
  /** A better way in that is being tried while a lesser one is live. */
  let probe: Link | undefined;
  let probes = 0;
  let retry: Timer | undefined;
  let nextProbe: Timer | undefined;
  let isWanted = false;
  let wasLive = false;
  let stopAttention: (() => void) | undefined;

  function schedule({ rung, delayMs }: Step): void {
    environment.clearTimeout(retry);
    const isOffline = !environment.isOnline() || ladder.attempts >= OFFLINE_AFTER;
    cell.patch({
      state: isOffline ? "offline" : wasLive ? "reconnecting" : "connecting",
      isConnected: false,
      liveSince: null,
      attempts: ladder.attempts,
      nextAttemptAt: environment.now() + delayMs,
    });
    retry = environment.setTimeout(() => attempt(rung), delayMs);
  }

  function attempt(rung: number): void {
    const transport = transports[rung];
    if (!isWanted || transport === undefined) return;
    cell.patch({ nextAttemptAt: null });
    let openedAt: number | null = null;
    const mine: { link: Link; rung: number } = {
      rung,
      link: open(transport, {
        opened: (opened) => {
          openedAt = environment.now();
          if (current === mine) live(mine, transport, opened);
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

  /** Opens a way in whose messages count from the start: what comes twice is told apart by its id. */
  function open(
    transport: Transport,
    on: { opened: (opened: Opened) => void; closed: (closed: Closed) => void },
  ): Link {
    return transport.open(context, {
      ...on,
      incoming(incoming) {
        heard();
        events.onIncoming(incoming);
      },
      message: (name, payload) =>
        events.onMessage({ name, payload, transport: transport.name, receivedAt: environment.now() }),
      heard,
    });
  }

  function heard(): void {
    const now = environment.now();
    const { lastUpdate } = cell.getSnapshot();
    if (lastUpdate === null || now - lastUpdate >= UPDATE_STEP) cell.patch({ lastUpdate: now }, "soon");
  }

  function live(mine: { rung: number }, transport: Transport, opened: Opened): void {
    ladder.reached(mine.rung);
    wasLive = true;
    const now = environment.now();
    cell.patch({
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
    if (mine.rung > 0) scheduleProbe();
  }

  function lost(closed: Closed, liveFor: number | null): void {
    endProbe();
    const { code, message } = closed;
    cell.patch({ lastError: { code, message, at: environment.now() } });
    events.onLost();
    if (closed.next !== "refresh" && closed.next !== "signed-out") {
      return schedule(ladder.failed({ liveFor, isBlocked: closed.next === "blocked", afterMs: closed.afterMs }));
    }
    // The answer may take as long as a request may.
    const { state } = cell.getSnapshot();
    cell.patch({ state: state === "live" ? "reconnecting" : state, isConnected: false, liveSince: null });
    const decide = (may: boolean, isBlocked: boolean) => {
      if (!isWanted || current !== undefined) return;
      if (may) schedule(ladder.failed({ liveFor, isBlocked }));
      else stop();
    };
    events.mayReturn(closed).then(
      // Let in elsewhere and not here: this way in may not carry what we show, and another one may.
      (may) => decide(may, closed.next === "signed-out"),
      // Nobody can say, such as whoever gives out the tokens: that is no refusal.
      () => decide(true, false),
    );
  }

  function scheduleProbe(): void {
    environment.clearTimeout(nextProbe);
    nextProbe = environment.setTimeout(() => tryBetter(0), probeDelay(probes, environment.random));
  }

  /** Tries the better ways in one after the other, beside the one that is live. */
  function tryBetter(rung: number): void {
    const transport = transports[rung];
    if (!isWanted || current === undefined || transport === undefined || rung >= current.rung) {
      probes += 1;
      if (current !== undefined && current.rung > 0) scheduleProbe();
      return;
    }
    let openedAt: number | null = null;
    const mine: { link: Link; rung: number } = {
      rung,
      link: open(transport, {
        opened: (opened) => {
          if (probe !== mine.link) return;
          openedAt = environment.now();
          probe = undefined;
          // The lesser one hangs up only now: nothing falls between the two.
          const before = current;
          current = mine;
          before?.link.hangUp();
          events.onLost();
          probes = 0;
          live(mine, transport, opened);
        },
        closed: (closed) => {
          if (current === mine) {
            current = undefined;
            lost(closed, openedAt === null ? null : environment.now() - openedAt);
          } else if (probe === mine.link) {
            probe = undefined;
            tryBetter(rung + 1);
          }
        },
      }),
    };
    probe = mine.link;
  }

  function endProbe(): void {
    environment.clearTimeout(nextProbe);
    probe?.hangUp();
    probe = undefined;
  }

  function stop(): void {
    isWanted = false;
    wasLive = false;
    stopAttention?.();
    stopAttention = undefined;
    environment.clearTimeout(retry);
    endProbe();
    current?.link.hangUp();
    if (current !== undefined) events.onLost();
    current = undefined;
    const { lastError, lastUpdate } = cell.getSnapshot();
    cell.set({ ...IDLE, lastError, lastUpdate });
  }

  function connect(): void {
    if (isWanted) return;
    isWanted = true;
    probes = 0;
    ladder = createLadder(transports.length, environment.random);
    stopAttention = environment.onAttention(attention);
    cell.patch({ state: "connecting" });
    attempt(0);
  }

  /** Somebody looks, or the network is back: no reason to wait any longer. */
  function attention(): void {
    if (!environment.isOnline()) {
      if (current === undefined) return cell.patch({ state: "offline" });
      // A dead connection would be noticed only when it is next expected to say something.
      const { liveSince } = cell.getSnapshot();
      current.link.hangUp();
      current = undefined;
      lost(OFFLINE, liveSince === null ? null : environment.now() - liveSince);
    } else if (current === undefined && environment.isVisible()) schedule(ladder.again());
  }

  return {
    getSnapshot: cell.getSnapshot,
    subscribe: cell.subscribe,
    connect,
    disconnect() {
      stop();
      cell.set(IDLE);
    },
    pause: stop,
    reconnect() {
      if (!isWanted) connect();
      else if (current === undefined) schedule(ladder.again());
    },
    ask(name, argument) {
      const ask = cell.getSnapshot().isConnected ? current?.link.ask : undefined;
      return (
        ask?.(name, argument) ??
        Promise.reject(localProblem("network", "That needs a live connection over Socket.IO, and there is none now."))
      );
    },
  };
}
