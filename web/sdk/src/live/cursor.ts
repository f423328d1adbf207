// How far this person has heard, kept across reloads.

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
  /** Somebody else's, from now on. */
  begin: (account: Account | null) => void;
  /** The last one that was seen. */
  last: () => string | null;
  /** An event, or a greeting, with its place. */
  advance: (cursor: string) => void;
  /** Another history begins here. */
  restart: (cursor: string) => void;
  /** Something was read at a place. Where nothing was heard before, one listens from the earliest of these. */
  read: (cursor: string) => void;
  /** Whether everything since a place was, or will be, heard. */
  covers: (cursor: string) => boolean;
  /** The live connection begins here, unless it went on from somewhere. */
  opened: (cursor: string | null, recovered: boolean) => void;
  /** Writes down how far it is. */
  save: () => void;
  /** Removes what is kept of somebody on this device. */
  forget: (account: Account) => void;
}

const DAY = 24 * 60 * 60 * 1000;
/** Staff's store may have had thousands of events since; their lists tell them the state faster. */
const RESUME_WITHIN = { customer: 30 * DAY, driver: 30 * DAY, staff: DAY / 24 } as const;

export function createCursorTracker(
  environment: Environment,
  persistence: Persistence,
  resumeWithin: number | undefined,
): CursorTracker {
  let name: string | undefined;
  let last: string | null = null;
  /** Where the unbroken chain of what was heard begins. */
  let begins: string | null = null;
  let isOpen = false;
  let saved: string | null = null;
  /** Histories that were come upon by reading, before the live connection told of them. */
  const found = new BoundedSet<string>(20);
  /** The first that was read of one: it says that whatever was read before is of another. */
  let doubted: string | null = null;

  /** Everything has to be read again, and once: while nobody tells where a history begins, no place in it is surely heard. */
  function move(cursor: string): void {
    begins = cursor;
    if (found.add(epochOf(cursor) ?? "")) doubted = cursor;
  }

  function clear(): void {
    found.clear();
    doubted = null;
  }

  function begin(account: Account | null): void {
    last = null;
    begins = null;
    saved = null;
    isOpen = false;
    clear();
    name = account === null ? undefined : nameOf(account);
    if (account === null || name === undefined) return;
    const kept = persistence.read<PersistedCursor>(name);
    const within = resumeWithin ?? RESUME_WITHIN[account.role];
    if (typeof kept?.cursor !== "string" || environment.now() - kept.at > within) return;
    last = kept.cursor;
    begins = kept.cursor;
    saved = kept.cursor;
  }

  return {
    begin,
    last: () => last,
    advance(cursor) {
      // While two ways in overlap, the later one may lag behind.
      if (last === null || compareCursors(cursor, last) !== -1) last = cursor;
    },
    restart(cursor) {
      last = cursor;
      begins = cursor;
      clear();
    },
    read(cursor) {
      doubted = null;
      // `last` stays: whoever connects with it hears of the reset.
      if (begins !== null && compareCursors(begins, cursor) === undefined) return move(cursor);
      if (isOpen || last !== begins) return;
      last = earlierCursor(last, cursor);
      begins = last;
    },
    covers(cursor) {
      if (begins === null) return true;
      if (cursor === doubted) return false;
      const order = compareCursors(begins, cursor);
      return order === -1 || order === 0;
    },
    opened(cursor, recovered) {
      isOpen = true;
      if (cursor === null) return;
      clear();
      if (last === null || !recovered) begins = cursor;
      if (last === null) last = cursor;
    },
    save() {
      if (name === undefined || last === null || last === saved) return;
      // Another window may be further: going back would tell this person the same again.
      const kept = persistence.read<PersistedCursor>(name);
      if (kept !== undefined && kept.cursor !== saved && compareCursors(last, kept.cursor) === -1) return;
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
