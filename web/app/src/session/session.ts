import type { Account, Role } from "@ordercast/client";
import { useSession as useClientSession } from "@ordercast/react";
import { useMemo } from "react";

export type { Account, Role } from "@ordercast/client";

export type Viewer = { state: "unknown" } | { state: "anonymous" } | { state: "signed-in"; account: Account };

export interface Session {
  viewer: Viewer;
  account: Account | undefined;
  signIn: (credentials: { email: string; password: string }) => Promise<Account>;
  signUp: (registration: { name: string; email: string; password: string }) => Promise<Account>;
  signOut: () => Promise<void>;
  /** Checks the session again after something else ended it. */
  refresh: () => Promise<unknown>;
}

export function useSession(): Session {
  const { state, account, signIn, signUp, signOut, refresh } = useClientSession();
  return useMemo<Session>(
    () => ({
      // While the server cannot be reached the last account stays, so that its pages work offline.
      viewer: account
        ? { state: "signed-in", account }
        : state === "unknown"
          ? { state: "unknown" }
          : { state: "anonymous" },
      account: account ?? undefined,
      signIn: async (credentials) => (await signIn(credentials)).user,
      signUp: async (registration) => (await signUp(registration)).user,
      signOut,
      refresh,
    }),
    [state, account, signIn, signUp, signOut, refresh],
  );
}

/** The account. Use only on pages behind a guard. */
export function useAccount(): Account {
  const { account } = useSession();
  if (!account) throw new Error("useAccount outside of a guard");
  return account;
}

export function isStaff(account: Pick<Account, "role"> | undefined): boolean {
  return account?.role === ("staff" satisfies Role);
}
