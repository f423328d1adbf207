// Which staff members look at which order.

import type { PresenceSnapshot, PresenceStore } from "../contract.js";
import { LruMap } from "../core/bounded.js";
import { type WritableStore, createWritableStore } from "../core/writableStore.js";
import type { Environment, Timer } from "../core/environment.js";
import type { Scheduler } from "../core/scheduler.js";
import type { Account, Person } from "../model.js";
import { OrdercastProblem } from "../problem.js";
import type { components } from "./schema.js";

type Wire = components["schemas"];

export interface PresenceOptions {
  environment: Environment;
  scheduler: Scheduler;
  account: () => Account | null;
  ask: (name: string, argument: unknown) => Promise<unknown>;
}

export interface Presence extends PresenceStore {
  receive: (presence: Wire["Presence"]) => void;
  /** The live connection opened. `canAsk`: its transport carries requests. */
  opened: (canAsk: boolean) => void;
  lost: () => void;
}

const NOBODY: PresenceSnapshot = { isJoined: false, people: [], others: [], error: null };
/** Milliseconds before leaving: a page that is built again rejoins at once. */
const LEAVE_AFTER = 300;
/** Rooms without subscribers that are kept. */
const MAX_UNUSED_ROOMS = 20;
/** Orders whose viewers are remembered: the server sends them for all orders. */
const MAX_ORDERS = 500;

interface Room {
  /** The id or number that was requested. */
  ref: string;
  store: WritableStore<PresenceSnapshot>;
  number: string | undefined;
  /** The latest attempt to join. */
  joining: Promise<void>;
  leaving: Timer | undefined;
  isWanted: boolean;
}

export function createPresence({ environment, scheduler, account, ask }: PresenceOptions): Presence {
  const rooms = new LruMap<string, Room>(
    MAX_UNUSED_ROOMS,
    (room) => !room.isWanted && room.store.subscriberCount === 0,
  );
  const known = new LruMap<string, readonly Person[]>(MAX_ORDERS);
  let canAsk = false;

  function show(room: Room): void {
    const me = account();
    const viewers = room.number === undefined ? undefined : known.get(room.number);
    // A second window of the same person causes no message, so show at least ourselves.
    const people =
      viewers ?? (me === null || me.role !== "staff" ? [] : [{ id: me.id, ...(me.name ? { name: me.name } : {}) }]);
    room.store.patch({ people, others: people.filter((person) => person.id !== me?.id) });
  }

  async function join(room: Room): Promise<void> {
    if (!canAsk) return;
    try {
      const { orderNumber } = (await ask("join-order-tracking", room.ref)) as { orderNumber: string };
      if (!room.isWanted) return;
      room.number = orderNumber;
      room.store.patch({ isJoined: true, error: null });
      show(room);
    } catch (error) {
      // After a lost connection the room is joined again.
      if (error instanceof OrdercastProblem && !error.isTemporary) room.store.patch({ isJoined: false, error });
    }
  }

  async function leave(room: Room): Promise<void> {
    room.isWanted = false;
    const wasJoined = room.store.getSnapshot().isJoined;
    room.store.set(NOBODY);
    if (!wasJoined) return;
    // The same order may be open under its id and its number. Leaving one must not leave the other.
    await Promise.all([...rooms.values()].map((other) => other.isWanted && other.joining));
    const isStillWanted = [...rooms.values()].some((other) => other.isWanted && other.number === room.number);
    if (!canAsk || isStillWanted) return;
    // A failure means that we are no longer there.
    await ask("leave-order-tracking", room.ref).catch(() => undefined);
  }

  function open(ref: string): Room {
    const store = createWritableStore<PresenceSnapshot>(scheduler, NOBODY, {
      onFirstSubscriber() {
        environment.clearTimeout(room.leaving);
        room.leaving = undefined;
        if (room.isWanted) return;
        room.isWanted = true;
        rooms.set(ref, room);
        room.joining = join(room);
      },
      onLastSubscriber() {
        room.leaving = environment.setTimeout(() => void leave(room), LEAVE_AFTER);
      },
    });
    const room: Room = {
      ref,
      store,
      number: undefined,
      joining: Promise.resolve(),
      leaving: undefined,
      isWanted: false,
    };
    rooms.set(ref, room);
    return room;
  }

  function eachWanted(run: (room: Room) => void): void {
    for (const room of rooms.values()) if (room.isWanted) run(room);
  }

  return {
    of: (order) => (rooms.get(order) ?? open(order)).store,
    receive({ orderNumber, people }) {
      if (people.length > 0) known.set(orderNumber, people);
      else known.delete(orderNumber);
      eachWanted((room) => {
        if (room.number === orderNumber) show(room);
      });
    },
    opened(can) {
      canAsk = can;
      known.clear();
      eachWanted((room) => {
        room.joining = join(room);
      });
    },
    lost() {
      canAsk = false;
      known.clear();
      eachWanted((room) => room.store.set(NOBODY));
    },
  };
}
