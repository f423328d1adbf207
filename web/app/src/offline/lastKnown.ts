// What the pages showed last, stored on this device for when the server cannot be reached.

import { persistence } from "../persistence";

/** Everything that is stored. Signing out removes all of it. */
const NAMES = [
  "orders.all",
  "orders.active",
  "orders.delivered",
  "orders.cancelled",
  "summary",
  "notifications",
  "console.orders",
  "console.stats",
  "console.hours",
  "console.days",
  "console.products",
] as const;

export type KnownName = (typeof NAMES)[number];

/** A value as it was last known on this device. */
export interface LastKnown<Value> {
  value: Value;
  /** When it was current, in milliseconds since 1970. */
  at: number;
}

interface Stored extends LastKnown<unknown> {
  accountId: string;
}

const keyOf = (name: KnownName) => `known.${name}`;

function isStored(stored: unknown): stored is Stored {
  if (!stored || typeof stored !== "object") return false;
  const { accountId, at, value } = stored as Partial<Stored>;
  return typeof accountId === "string" && typeof at === "number" && value !== undefined && value !== null;
}

/** What this account saw last; undefined when that was nothing, or another account's. */
export function readLastKnown<Value>(name: KnownName, accountId: string): LastKnown<Value> | undefined {
  const stored = persistence.read<unknown>(keyOf(name));
  if (!isStored(stored) || stored.accountId !== accountId) return undefined;
  // Written by `saveLastKnown` under the same name.
  return { value: stored.value as Value, at: stored.at };
}

export function saveLastKnown(name: KnownName, accountId: string, value: unknown, at: number): void {
  persistence.write(keyOf(name), { accountId, at, value } satisfies Stored);
}

/** Removes everything that is stored. */
export function forgetLastKnown(): void {
  for (const name of NAMES) persistence.remove(keyOf(name));
}
