import type { SessionStore } from "@ordercast/client";

/** `expired`: the server ended the session, and the same person may sign in again. */
export type SignOutReason = "signed-out" | "expired" | "other-account";

/** Calls `forget` when the user signs out, in this tab or another, or another user signs in. */
export function onSignOut(
  { getSnapshot, subscribe }: Pick<SessionStore, "getSnapshot" | "subscribe">,
  forget: (reason: SignOutReason) => void,
): () => void {
  let last = getSnapshot().account?.id;
  return subscribe(() => {
    const { state, account, error } = getSnapshot();
    if (account) {
      if (last !== undefined && account.id !== last) forget("other-account");
      last = account.id;
    } else if (state === "signed-out") forget(error === null ? "signed-out" : "expired");
  });
}
