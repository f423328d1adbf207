import type { SessionStore } from "@ordercast/client";

/** Calls `forget` when the user signs out, in this tab or another, or another user signs in. */
export function onSignOut(
  { getSnapshot, subscribe }: Pick<SessionStore, "getSnapshot" | "subscribe">,
  forget: () => void,
): () => void {
  let last = getSnapshot().account?.id;
  return subscribe(() => {
    const { state, account } = getSnapshot();
    if (account ? last !== undefined && account.id !== last : state === "signed-out") forget();
    if (account) last = account.id;
  });
}
