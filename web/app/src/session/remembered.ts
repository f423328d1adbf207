import type { Account } from "./session";

// Who was here last. The session itself is an HttpOnly cookie that no script can read; this only names its owner,
// so that the right page opens at once, and offline.
const KEY = "ordercast.account";

export function remember(account: Account) {
  try {
    localStorage.setItem(KEY, JSON.stringify(account));
  } catch {
    // Storage is refused: the server is asked each time.
  }
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then nothing was kept.
  }
}

export function recall(): Account | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (kept && typeof kept === "object" && "id" in kept && "role" in kept) return kept as Account;
  } catch {
    // Refused, or not ours.
  }
  return undefined;
}
