// Processes what arrives, in batches: each event once, the stores first, then the listeners.

import { BoundedSet, LruMap } from "../core/bounded.js";
import { compareCursors } from "../core/cursorOrder.js";
import type { Environment, Timer } from "../core/environment.js";
import { createListeners } from "../core/listeners.js";
import type { Scheduler } from "../core/scheduler.js";
import type { Inbox } from "../inbox/inbox.js";
import type { Account } from "../model.js";
import type { Orders } from "../orders/orders.js";
import type { LiveStats } from "../stats.js";
import type { CursorTracker } from "./cursor.js";
import type { OrderEvent, ProductEvent, ResetEvent } from "./events.js";
import type { IncomingMessage, ReceivedEvent } from "./incoming.js";
import type { Presence } from "./presence.js";

export interface HubOptions {
  environment: Environment;
  scheduler: Scheduler;
  cursor: CursorTracker;
  orders: Orders;
  inbox: Inbox;
  stats: LiveStats;
  presence: Presence;
  account: () => Account | null;
  /** An event or a product event arrived with this cursor. */
  onReceived?: (cursor: string | null) => void;
}

export interface Hub {
  receive: (incoming: IncomingMessage) => void;
  /** The live connection opened. Events up to `head` were missed. */
  opened: (head: string | null) => void;
  /** A change of ours made this version. */
  own: (id: string, version: number) => void;
  /** A list or an order was read, so that events may be delivered that wait for it. */
  settled: () => void;
  clear: () => void;
  onEvent: (listener: (event: OrderEvent) => void) => () => void;
  onProduct: (listener: (event: ProductEvent) => void) => () => void;
  onReset: (listener: (event: ResetEvent) => void) => () => void;
}

/** Event ids that are remembered. Duplicates come only from overlaps: two transports, or two cursors. */
const MAX_SEEN = 5000;
const MAX_OWN = 1000;
/** Milliseconds after which an event is delivered even though the lists do not show its order. */
const MAX_HOLD_MS = 10_000;

interface HeldEvent {
  event: OrderEvent;
  until: number;
}

export function createHub(options: HubOptions): Hub {
  const { environment, scheduler, cursor, orders, inbox, stats, presence, account, onReceived } = options;
  const seen = new BoundedSet<string>(MAX_SEEN);
  /** The version that polling last reported of an order. Its events follow when a better transport works again. */
  const polled = new LruMap<string, number>(MAX_SEEN);
  const ownVersions = new BoundedSet<string>(MAX_OWN);
  const listeners = {
    event: createListeners<[OrderEvent]>(),
    product: createListeners<[ProductEvent]>(),
    reset: createListeners<[ResetEvent]>(),
  };
  let received: IncomingMessage[] = [];
  /** Events whose order is not shown yet, oldest first. */
  let held: HeldEvent[] = [];
  let holdTimer: Timer | undefined;
  let head: string | null = null;
  /** Where the log ended when this page opened. Staff have read everything before. */
  let firstHead: string | null = null;

  function flush(): void {
    const batch = received;
    received = [];
    const deliveries: (() => void)[] = [];
    for (const incoming of batch) process(incoming, deliveries);
    orders.follow();
    for (const deliver of deliveries) deliver();
    deliverShown();
    // Undelivered events have to be replayed after a reload.
    if (held.length === 0) cursor.save();
  }

  function process(incoming: IncomingMessage, deliveries: (() => void)[]): void {
    switch (incoming.type) {
      case "event":
        return processEvent(incoming);
      case "product": {
        const { event } = incoming;
        if (event.cursor !== null) cursor.advance(event.cursor);
        onReceived?.(event.cursor);
        if (seen.add(event.id)) deliveries.push(() => listeners.product.call(event));
        return;
      }
      case "state":
        return orders.put([incoming.order]);
      case "polled":
        orders.put(incoming.orders);
        inbox.invalidate();
        stats.invalidate();
        return;
      case "notification":
        return inbox.addPending(incoming.line);
      case "read":
        return inbox.read(incoming.read);
      case "stats":
        return stats.receive(incoming.stats);
      case "presence":
        return presence.receive(incoming.presence);
      case "reset": {
        const { reason } = incoming;
        cursor.restart(incoming.cursor);
        seen.clear();
        polled.clear();
        orders.reset(incoming.orders);
        inbox.catchUp();
        stats.invalidate();
        deliveries.push(() => listeners.reset.call({ reason }));
        return;
      }
    }
  }

  function isMissed({ cursor: at }: ReceivedEvent): boolean {
    const order = at !== null && head !== null ? compareCursors(at, head) : undefined;
    return order === -1 || order === 0;
  }

  function processEvent(incoming: IncomingMessage & { type: "event" }) {
    const { event: received, order, missed = isMissed(received) } = incoming;
    if (received.cursor !== null) cursor.advance(received.cursor);
    onReceived?.(received.cursor);
    inbox.confirm(received.id, received.cursor);
    if (!seen.add(received.id)) return;
    const { actor, orderId, version, kind, transport } = received;
    const who = account();
    const isOwn = actor.id != null ? actor.id === who?.id : actor.origin === "customer" && who?.role === "customer";
    const here = ownVersions.has(`${orderId}:${version}`);
    const event: OrderEvent = { ...received, own: isOwn || here, here, missed, listed: false };
    orders.apply(event, order ?? undefined);
    // The event stream carries no notifications.
    if (transport === "sse") inbox.invalidate();
    if (kind !== "delivery.located") {
      if ((polled.get(orderId) ?? 0) >= version) return;
      if (transport === "polling") polled.set(orderId, version);
    }
    held.push({ event, until: environment.now() + MAX_HOLD_MS });
  }

  /** Delivers the events whose orders are on the screen. The events of one order stay in sequence. */
  function deliverShown(): void {
    const now = environment.now();
    const blocked = new Set<string>();
    const waiting: HeldEvent[] = [];
    const ready: OrderEvent[] = [];
    for (const each of held) {
      const { orderId } = each.event;
      const isReady = each.until <= now || (!inbox.isWaiting() && orders.isShown(each.event));
      if (isReady && !blocked.has(orderId)) ready.push(each.event);
      else {
        blocked.add(orderId);
        waiting.push(each);
      }
    }
    held = waiting;
    environment.clearTimeout(holdTimer);
    const [first] = waiting;
    holdTimer = first && environment.setTimeout(settled, Math.max(0, first.until - now));
    for (const each of ready) {
      const here = ownVersions.has(`${each.orderId}:${each.version}`);
      const event: OrderEvent = { ...each, here, own: each.own || here, listed: isListed(each) };
      if (event.kind === "order.created" && !event.own && !event.listed) orders.countNew();
      listeners.event.call(event);
    }
  }

  /** Whether the page has shown the event's result from the start. */
  function isListed(event: OrderEvent): boolean {
    const at = event.cursor;
    if (at === null) return false;
    const isOld = (end: string | null) => end !== null && (compareCursors(at, end) ?? 1) <= 0;
    return (account()?.role === "staff" && isOld(firstHead)) || orders.readCursors(event.orderId).some(isOld);
  }

  function settled(): void {
    if (held.length > 0) scheduler.schedule(flush);
  }

  return {
    receive(incoming) {
      received.push(incoming);
      // Notifications and counts accompany an event, some of them before it: they must not use up its flush.
      if (["event", "product", "reset"].includes(incoming.type)) scheduler.schedule(flush);
      else scheduler.scheduleOnFrame(flush);
    },
    opened(at) {
      head = at;
      firstHead ??= at;
    },
    own: (id, version) => void ownVersions.add(`${id}:${version}`),
    settled,
    clear() {
      received = [];
      held = [];
      head = null;
      firstHead = null;
      environment.clearTimeout(holdTimer);
      seen.clear();
      polled.clear();
      ownVersions.clear();
    },
    onEvent: listeners.event.add,
    onProduct: listeners.product.add,
    onReset: listeners.reset.add,
  };
}
