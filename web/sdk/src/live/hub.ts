// Takes over what arrives, a flush at a time: each event once, the stores first, then whoever listens.

import { LruMap, BoundedSet } from "../core/bounded.js";
import { createListeners } from "../core/listeners.js";
import type { Scheduler } from "../core/scheduler.js";
import { compareCursors } from "../core/cursorOrder.js";
import type { Inbox } from "../inbox/inbox.js";
import type { Account } from "../model.js";
import type { Orders } from "../orders/orders.js";
import type { LiveStats } from "../stats.js";
import type { CursorTracker } from "./cursor.js";
import type { OrderEvent, ProductEvent, ResetEvent } from "./events.js";
import type { ReceivedEvent, IncomingMessage } from "./incoming.js";
import type { Presence } from "./presence.js";

export interface HubOptions {
  scheduler: Scheduler;
  cursor: CursorTracker;
  orders: Orders;
  inbox: Inbox;
  stats: LiveStats;
  presence: Presence;
  account: () => Account | null;
}

export interface Hub {
  take: (incoming: IncomingMessage) => void;
  /** The live connection is there: what happened up to this place was missed. */
  opened: (head: string | null) => void;
  /** A change of ours made this version. */
  own: (id: string, version: number) => void;
  clear: () => void;
  onEvent: (listener: (event: OrderEvent) => void) => () => void;
  onProduct: (listener: (event: ProductEvent) => void) => () => void;
  onReset: (listener: (event: ResetEvent) => void) => () => void;
}

/** Ids of events that are remembered. Twice comes only what overlaps: two ways in, or two cursors. */
const REMEMBERED = 5000;

export function createHub({ scheduler, cursor, orders, inbox, stats, presence, account }: HubOptions): Hub {
  const seen = new BoundedSet<string>(REMEMBERED);
  /** The version up to which polling told of an order. The events behind it come when a better way in works again. */
  const polled = new LruMap<string, number>(REMEMBERED);
  const ours = new BoundedSet<string>(1000);
  const listeners = {
    event: createListeners<[OrderEvent]>(),
    product: createListeners<[ProductEvent]>(),
    reset: createListeners<[ResetEvent]>(),
  };
  let waiting: IncomingMessage[] = [];
  let head: string | null = null;

  function flush(): void {
    const batch = waiting;
    waiting = [];
    const tell: (() => void)[] = [];
    for (const incoming of batch) take(incoming, tell);
    orders.follow();
    for (const run of tell) run();
    cursor.save();
  }

  function take(incoming: IncomingMessage, tell: (() => void)[]): void {
    switch (incoming.type) {
      case "event":
        return takeEvent(incoming, tell);
      case "product": {
        const { event } = incoming;
        if (event.cursor !== null) cursor.advance(event.cursor);
        if (seen.add(event.id)) tell.push(() => listeners.product.call(event));
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
        tell.push(() => listeners.reset.call({ reason }));
        return;
      }
    }
  }

  function isBefore(cursor: string | null): boolean {
    const place = cursor !== null && head !== null ? compareCursors(cursor, head) : undefined;
    return place === -1 || place === 0;
  }

  function takeEvent(
    { event: bare, missed = isBefore(bare.cursor) }: { event: ReceivedEvent; missed?: boolean },
    tell: (() => void)[],
  ): void {
    if (bare.cursor !== null) cursor.advance(bare.cursor);
    inbox.confirm(bare.id, bare.cursor);
    if (!seen.add(bare.id)) return;
    orders.apply(bare);
    const who = account();
    const byUs =
      bare.actor.id != null ? bare.actor.id === who?.id : bare.actor.origin === "customer" && who?.role === "customer";
    const event: OrderEvent = {
      ...bare,
      own: byUs || ours.has(`${bare.orderId}:${bare.version}`),
      missed,
    };
    const isTold = (polled.get(bare.orderId) ?? 0) >= bare.version && bare.kind !== "delivery.located";
    if (bare.transport === "polling" && bare.kind !== "delivery.located") polled.set(bare.orderId, bare.version);
    // The stream tells no lines of the inbox.
    if (bare.transport === "sse") inbox.invalidate();
    tell.push(() => {
      orders.tell(event, isTold);
      if (!isTold) listeners.event.call(event);
    });
  }

  return {
    take(incoming) {
      waiting.push(incoming);
      // A line of the inbox and the counts come beside an event, some of them before it: they do not use up its turn.
      if (["event", "product", "reset"].includes(incoming.type)) scheduler.schedule(flush);
      else scheduler.scheduleOnFrame(flush);
    },
    opened(at) {
      head = at;
    },
    own: (id, version) => void ours.add(`${id}:${version}`),
    clear() {
      waiting = [];
      seen.clear();
      polled.clear();
    },
    onEvent: listeners.event.add,
    onProduct: listeners.product.add,
    onReset: listeners.reset.add,
  };
}
