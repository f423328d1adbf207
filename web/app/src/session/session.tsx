import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import { Problem, request } from "../api/http";
import { forget, recall, remember } from "./remembered";

export type Role = "customer" | "staff" | "driver" | "system";

export interface Account {
  id: string;
  role: Role;
  storeId: string;
  name?: string | null;
  email?: string | null;
}

/** Who sits at this browser: not known yet, nobody, or somebody. */
export type Who = { state: "unknown" } | { state: "nobody" } | { state: "somebody"; account: Account };

export interface Session {
  who: Who;
  account: Account | undefined;
  signIn: (credentials: { email: string; password: string }) => Promise<Account>;
  signUp: (registration: { name: string; email: string; password: string }) => Promise<Account>;
  signOut: () => Promise<void>;
  /** The server ended the session: sign in again. */
  expire: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [who, setWho] = useState<Who>(() => {
    const account = recall();
    return account ? { state: "somebody", account } : { state: "unknown" };
  });

  const enter = useCallback((account: Account) => {
    remember(account);
    setWho({ state: "somebody", account });
    return account;
  }, []);

  const leave = useCallback(() => {
    forget();
    setWho({ state: "nobody" });
  }, []);

  useEffect(() => {
    const gone = new AbortController();
    request<Account>("GET", "/api/v1/me", { signal: gone.signal }).then(enter, (error: unknown) => {
      if (gone.signal.aborted) return;
      if (error instanceof Problem && error.status === 401) leave();
      // Unreachable: whoever was here last still is, so that their pages work offline.
      else setWho((who) => (who.state === "unknown" ? { state: "nobody" } : who));
    });
    return () => gone.abort();
  }, [enter, leave]);

  const session = useMemo<Session>(
    () => ({
      who,
      account: who.state === "somebody" ? who.account : undefined,
      signIn: async (credentials) => enter((await request<{ user: Account }>("POST", "/api/v1/auth/login", { body: credentials })).user),
      signUp: async (registration) => enter((await request<{ user: Account }>("POST", "/api/v1/auth/register", { body: registration })).user),
      signOut: async () => {
        await request("POST", "/api/v1/auth/logout");
        leave();
      },
      expire: leave,
    }),
    [who, enter, leave],
  );

  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}

/** The account of a page behind a guard. */
export function useAccount(): Account {
  const { account } = useSession();
  if (!account) throw new Error("useAccount outside of a guard");
  return account;
}

export function isStaff(account: Account | undefined): boolean {
  return account?.role === "staff";
}
