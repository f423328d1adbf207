import { randomKey, type NewOrder } from "@ordercast/client";

import { tabPersistence } from "../../persistence";

const NAME = "checkout";
/** The server remembers a key for a day; after that the same key would place the order again. */
const MAX_AGE_MS = 23 * 3_600_000;

/** An order that was sent or is about to be. */
export interface Attempt {
  accountId: string;
  body: string;
  key: string;
  /** It is unknown whether the server received it. */
  open: boolean;
  at: number;
}

// A copy in memory, for browsers without storage.
let latest: Attempt | undefined;

function isAttempt(stored: unknown): stored is Attempt {
  if (!stored || typeof stored !== "object") return false;
  const { accountId, body, key, open, at } = stored as Partial<Attempt>;
  return (
    [accountId, body, key].every((text) => typeof text === "string") &&
    typeof open === "boolean" &&
    typeof at === "number"
  );
}

function read(accountId: string): Attempt | undefined {
  const stored = tabPersistence.read<unknown>(NAME);
  if (isAttempt(stored)) latest = stored;
  return latest?.accountId === accountId && Date.now() - latest.at < MAX_AGE_MS ? latest : undefined;
}

function write(attempt: Attempt): Attempt {
  latest = attempt;
  tabPersistence.write(NAME, attempt);
  return attempt;
}

/**
 * The idempotency key for exactly this order: the same after a double click, a lost answer or a reload. A changed order
 * gets a new key.
 */
export function attemptFor(accountId: string, order: NewOrder): Attempt {
  const body = JSON.stringify(order);
  const stored = read(accountId);
  return stored?.body === body ? stored : write({ accountId, body, key: randomKey(), open: false, at: Date.now() });
}

/** This account's order whose outcome is unknown, if there is one. */
export function unresolvedAttempt(accountId: string): Attempt | undefined {
  const stored = read(accountId);
  return stored?.open ? stored : undefined;
}

/** Records whether the outcome is unknown. An attempt that was forgotten meanwhile stays forgotten. */
export function setUnresolved(attempt: Attempt, open: boolean) {
  if (read(attempt.accountId)?.key === attempt.key) write({ ...attempt, open });
}

/**
 * Forgets the attempt after the order was placed or the user signed out: the next order, even an equal one, is a new
 * order.
 */
export function forgetAttempt() {
  latest = undefined;
  tabPersistence.remove(NAME);
}

/** Forgets the attempt if its outcome is known. If it is unknown, the same person may sign in again and find out. */
export function forgetResolvedAttempt() {
  const stored = tabPersistence.read<unknown>(NAME);
  if (!(isAttempt(stored) ? stored : latest)?.open) forgetAttempt();
}
