import { randomKey, type NewOrder } from "@ordercast/client";

const KEY = "ordercast.checkout";
/** The server knows a key for a day; after that the same one would place the order again. */
const LASTS = 23 * 3_600_000;

/** An order that was sent, or is about to be. */
export interface Attempt {
  body: string;
  key: string;
  /** Nobody knows whether it arrived. */
  open: boolean;
  at: number;
}

// Here too, for browsers that refuse storage.
let latest: Attempt | undefined;

function isAttempt(kept: unknown): kept is Attempt {
  if (!kept || typeof kept !== "object") return false;
  const { body, key, open, at } = kept as Partial<Attempt>;
  return typeof body === "string" && typeof key === "string" && typeof open === "boolean" && typeof at === "number";
}

function read(): Attempt | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (isAttempt(kept)) latest = kept;
  } catch {
    // Refused, or not ours.
  }
  return latest && Date.now() - latest.at < LASTS ? latest : undefined;
}

function write(attempt: Attempt): Attempt {
  latest = attempt;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(attempt));
  } catch {
    // Then only a reload in between is not covered.
  }
  return attempt;
}

/**
 * The key under which this very order is placed, once: the same for a second click, for a try after a lost answer and
 * after a reload in between; another as soon as anything about the order is another.
 */
export function attemptOf(order: NewOrder): Attempt {
  const body = JSON.stringify(order);
  const kept = read();
  return kept?.body === body ? kept : write({ body, key: randomKey(), open: false, at: Date.now() });
}

/** The order of which nobody knows whether it arrived, if there is one. */
export function openAttempt(): Attempt | undefined {
  const kept = read();
  return kept?.open ? kept : undefined;
}

/** Whether it arrived is to be found out, or was. What was forgotten meanwhile stays so. */
export function setOpen(attempt: Attempt, open: boolean) {
  if (read()?.key === attempt.key) write({ ...attempt, open });
}

/** The order is placed, and the next one, equal as it may be, is another; or whoever wanted it has left. */
export function forgetAttempt() {
  latest = undefined;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then nothing was kept.
  }
}
