import type { NewOrder } from "@ordercast/client";

const KEY = "ordercast.checkout";

/**
 * The key under which this very order is placed, once: the same for a second click, for a try after a lost answer and
 * after a reload in between; another as soon as anything about the order is another.
 */
export function idempotencyKeyOf(order: NewOrder): string {
  const body = JSON.stringify(order);
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (kept && typeof kept === "object" && "body" in kept && "key" in kept && kept.body === body && typeof kept.key === "string") return kept.key;
  } catch {
    // Refused, or not ours: a fresh one.
  }
  const key = crypto.randomUUID();
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ body, key }));
  } catch {
    // Then a double click is still one request, and only a reload in between is not covered.
  }
  return key;
}

/** The order is placed: the next one, equal as it may be, is another. */
export function forgetAttempt() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then nothing was kept.
  }
}
