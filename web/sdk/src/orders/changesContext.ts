// What changes of one order and of many orders have in common.

import type { Api } from "../api/http.js";
import type { Environment } from "../core/environment.js";
import type { Order } from "../model.js";
import { localProblem } from "../problem.js";
import type { OrderCache } from "./cache.js";
import type { ActionOptions, OrderConflict } from "./contract.js";

export interface ChangesContext {
  api: Api;
  cache: OrderCache;
  environment: Environment;
  fetch: (order: string) => Promise<Order>;
  /** Returns a function that tells whether the same person is still signed in. */
  guard: () => () => boolean;
  /** Resolves when the order was read again or could not be read. */
  read: (id: string) => Promise<void>;
  conflicts: { add: (conflict: OrderConflict) => void; dismiss: (conflict: OrderConflict) => void };
  /** Pending changes or conflicts changed. */
  onActivity: () => void;
  /** A person changed these orders. */
  onAction: (ids: readonly string[]) => void;
  /** A change of ours made this version. */
  onOwn: (id: string, version: number) => void;
}

export function headersOf({ idempotencyKey }: ActionOptions, expected: number | null): Record<string, string> {
  return {
    ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
    ...(expected === null ? {} : { "If-Match": `"${expected}"` }),
  };
}

/** Throws where the person who requested a change has signed out: somebody else must not make it. */
export function assertSamePerson(isSamePerson: () => boolean): void {
  if (!isSamePerson()) throw localProblem("aborted", "The person who requested this has signed out.");
}
