import type { Account, Role } from "@ordercast/client";
import { useSession as useClientSession } from "@ordercast/react";
import { useMemo } from "react";

export type { Account, Role } from "@ordercast/client";

/** Who sits at this browser: not known yet, nobody, or somebody. */
export type Who = { state: "unknown" } | { state: "nobody" } | { state: "somebody"; account: Account };

export interface Session {
  who: Who;
  account: Account | undefined;
  signIn: (credentials: { email: string; password: string }) => Promise<Account>;
  signUp: (registration: { name: string; email: string; password: string }) => Promise<Account>;
  signOut: () => Promise<void>;
  /** Something else than this ended the session: finds out who is still there. */
  refresh: () => Promise<unknown>;
}

export function useSession(): Session {
  const { state, account, signIn, signUp, signOut, refresh } = useClientSession();
  return useMemo<Session>(
    () => ({
      // Whoever was here last still is while nobody answers, so that their pages work offline.
      who: account ? { state: "somebody", account } : state === "unknown" ? { state: "unknown" } : { state: "nobody" },
      account: account ?? undefined,
      signIn: async (credentials) => (await signIn(credentials)).user,
      signUp: async (registration) => (await signUp(registration)).user,
      signOut,
      refresh,
    }),
    [state, account, signIn, signUp, signOut, refresh],
  );
}

/** The account of a page behind a guard. */
export function useAccount(): Account {
  const { account } = useSession();
  if (!account) throw new Error("useAccount outside of a guard");
  return account;
}

export function isStaff(account: Pick<Account, "role"> | undefined): boolean {
  return account?.role === ("staff" satisfies Role);
}
