import type { SessionSnapshot, SessionStore } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useStore } from "./useStore.js";

export type Session = SessionSnapshot & Pick<SessionStore, "signIn" | "signUp" | "signOut" | "refresh">;

export function useSession(): Session {
  const { session } = useOrdercast();
  const { signIn, signUp, signOut, refresh } = session;
  return { ...useStore(session), signIn, signUp, signOut, refresh };
}
