import type { Account, SignedIn } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import type { Store } from "../store.js";

export interface SessionSnapshot {
  state: /** Not known yet. */ "unknown" | "signed-in" | "signed-out";
  /** Who is signed in. */
  account: Account | null;
  /** False when the account is the one remembered from last time, because nobody answers now. */
  verified: boolean;
  /** Why it could not be found out, or why the session ended. */
  error: OrdercastProblem | null;
}

export interface SessionStore extends Store<SessionSnapshot> {
  /** Signs in; the server sets the session cookie. Throws {@handle OrdercastProblem}. */
  readonly signIn: (credentials: { email: string; password: string }) => Promise<SignedIn>;
  /** Makes a customer's account and signs it in. */
  readonly signUp: (account: { email: string; password: string; name: string }) => Promise<SignedIn>;
  /** Ends the session, here and in every window, and forgets what was kept of it on this device. */
  readonly signOut: () => Promise<void>;
  /** Asks who is signed in: after another part of the page did it. */
  readonly refresh: () => Promise<SessionSnapshot>;
}
