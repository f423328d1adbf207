import type { Account, SignedIn } from "../model.js";
import type { OrdercastProblem } from "../problem.js";
import type { Store } from "../store.js";

export interface SessionSnapshot {
  state: /** Still unknown. */ "unknown" | "signed-in" | "signed-out";
  account: Account | null;
  /** False while the server is unreachable and the account is the one persisted on this device. */
  verified: boolean;
  /** Why the account could not be determined, or why the session ended. */
  error: OrdercastProblem | null;
}

export interface SessionStore extends Store<SessionSnapshot> {
  /** The server sets the session cookie. Throws {@link OrdercastProblem}. */
  readonly signIn: (credentials: { email: string; password: string }) => Promise<SignedIn>;
  /** Creates a customer account and signs in. */
  readonly signUp: (account: { email: string; password: string; name: string }) => Promise<SignedIn>;
  /** Ends the session in every window, and removes its data from this device. */
  readonly signOut: () => Promise<void>;
  /** Asks the server who is signed in, for example after another part of the page signed in. */
  readonly refresh: () => Promise<SessionSnapshot>;
}
