// The position up to which this person has received events, persisted across reloads.

import { BoundedSet } from "../core/bounded.js";
import type { Environment } from "../core/environment.js";
import type { Persistence } from "../core/persistence.js";
import { compareCursors, earlierCursor, epochOf } from "../core/cursorOrder.js";
import type { Account } from "../model.js";

interface PersistedCursor {
  cursor: string;
  /** When it was written, in milliseconds since 1970. */
  at: number;
}

export interface CursorTracker {
  /** Switches to this account's cursor. */
  setAccount: (account: Account | null) => void;
  /** The last cursor received. */
  last: () => string | null;
  /** An event or greeting arrived with this cursor. */
  advance: (cursor: string) => void;
  /** A new history starts at this cursor. */
  restart: (cursor: string) => void;
  /** A response was read at this cursor. Before the first event, the stream starts at the earliest of these. */
  read: (cursor: string) => void;
  /** Whether every event after this cursor was received, or will be. */
  covers: (cursor: string) => boolean;
  /** The live connection opened at this cursor. `recovered`: it continues where the previous one ended. */
  opened: (cursor: string | null, recovered: boolean) => void;
  /** Persists the cursor. */
  save: () => void;
  /** Removes what is persisted for this account. */
  forget: (account: Account) => void;
}

const DAY = 24 * 60 * 60 * 1000;
/** A store may have had thousands of events since; reading the lists again is faster than replaying them. */
const RESUME_WITHIN = { customer: 30 * DAY, driver: 30 * DAY, staff: DAY / 24 } as const;

export function createCursorTracker(
  environment: Environment,
  persistence: Persistence,
  resumeWithin: number | undefined,
): CursorTracker {
  let name: string | undefined;
  let last: string | null = null;
  /** Start of the unbroken sequence of received events. */
  let coveredFrom: string | null = null;
  let isOpen = false;
  let saved: string | null = null;
  /** Epochs seen in responses before the live connection announced them. */
  const seenEpochs = new BoundedSet<string>(20);
  /** The first cursor read of a new epoch: what was read before it belongs to another history. */
  let firstOfNewEpoch: string | null = null;

  /** Makes everything be read again, once per epoch: until the connection announces the new history, no cursor of it is surely covered. */
  function startEpoch(cursor: string): void {
    coveredFrom = cursor;
    if (seenEpochs.add(epochOf(cursor) ?? "")) firstOfNewEpoch = cursor;
  }

  function clear(): void {
    seenEpochs.clear();
    firstOfNewEpoch = null;
  }

  function setAccount(account: Account | null): void {
    last = null;
    coveredFrom = null;
    saved = null;
    isOpen = false;
    clear();
    name = account === null ? undefined : nameOf(account);
    if (account === null || name === undefined) return;
    const persisted = persistence.read<PersistedCursor>(name);
    const within = resumeWithin ?? RESUME_WITHIN[account.role];
    if (typeof persisted?.cursor !== "string" || environment.now() - persisted.at > within) return;
    last = persisted.cursor;
    coveredFrom = persisted.cursor;
    saved = persisted.cursor;
  }

  return {
    setAccount,
    last: () => last,
    advance(cursor) {
      // While two transports overlap, the new one may be behind.
      if (last === null || compareCursors(cursor, last) !== -1) last = cursor;
    },
    restart(cursor) {
      last = cursor;
      coveredFrom = cursor;
      clear();
    },
    read(cursor) {
      firstOfNewEpoch = null;
      // `last` stays, so that the server answers the next connection with a reset.
      if (coveredFrom !== null && compareCursors(coveredFrom, cursor) === undefined) return startEpoch(cursor);
      if (isOpen || last !== coveredFrom) return;
      last = earlierCursor(last, cursor);
      coveredFrom = last;
    },
    covers(cursor) {
      if (coveredFrom === null) return true;
      if (cursor === firstOfNewEpoch) return false;
      const order = compareCursors(coveredFrom, cursor);
      return order === -1 || order === 0;
    },
    opened(cursor, recovered) {
      isOpen = true;
      if (cursor === null) return;
      clear();
      if (last === null || !recovered) coveredFrom = cursor;
      if (last === null) last = cursor;
    },
    save() {
      if (name === undefined || last === null || last === saved) return;
      // Another window may be further ahead. Going back would deliver the same events again.
      const persisted = persistence.read<PersistedCursor>(name);
      if (persisted !== undefined && persisted.cursor !== saved && compareCursors(last, persisted.cursor) === -1)
        return;
      saved = last;
      persistence.write(name, { cursor: last, at: environment.now() } satisfies PersistedCursor);
    },
    forget(account) {
      persistence.remove(nameOf(account));
      if (name === nameOf(account)) saved = null;
    },
  };
}

function nameOf({ id }: Account): string {
  return `cursor:${id}`;
}
