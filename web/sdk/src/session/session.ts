import type { Api } from "../api/http.js";
import { unwrap } from "../api/http.js";
import { createWritableStore } from "../core/writableStore.js";
import type { Environment, Timer } from "../core/environment.js";
import type { Persistence } from "../core/persistence.js";
import type { Scheduler } from "../core/scheduler.js";
import type { Account, SignedIn } from "../model.js";
import { localProblem, OrdercastProblem } from "../problem.js";
import type { SessionSnapshot, SessionStore } from "./contract.js";

export interface Session extends SessionStore {
  start: () => void;
  stop: () => void;
  account: () => Account | null;
  /** A response said that nobody is signed in. Checks it: another window may have signed in again. */
  verify: (problem: OrdercastProblem) => void;
}

export interface SessionOptions {
  api: Api;
  environment: Environment;
  persistence: Persistence;
  scheduler: Scheduler;
  /** The account changed. Nothing of the `gone` accounts may stay on this device. */
  onAccount: (account: Account | null, gone: readonly Account[]) => void;
}

const UNKNOWN: SessionSnapshot = { state: "unknown", account: null, verified: false, error: null };
/** Why a signed-in person is signed out, where the server does not know the session. */
const NOBODY = new OrdercastProblem({
  code: "unauthenticated",
  status: 401,
  title: "Sign in first",
  detail: "Nobody is signed in any more.",
});
const ACCOUNT = "account";
/** Milliseconds between two checks while the server is unreachable. */
const RETRY_AFTER_MS = 5000;

export function createSession({ api, environment, persistence, scheduler, onAccount }: SessionOptions): Session {
  const store = createWritableStore<SessionSnapshot>(scheduler, UNKNOWN);
  let isStarted = false;
  /** Incremented whenever earlier requests become obsolete. */
  let generation = 0;
  /** Requests in flight. Their own refusal must not trigger another check. */
  let pendingChecks = 0;
  let retryTimer: Timer | undefined;
  let stopStorage: (() => void) | undefined;
  let stopPageState: (() => void) | undefined;

  function update(snapshot: SessionSnapshot, gone: readonly Account[] = []): SessionSnapshot {
    const before = store.getSnapshot().account;
    store.set(snapshot);
    if (before?.id !== snapshot.account?.id || gone.length > 0) onAccount(snapshot.account, gone);
    return snapshot;
  }

  /** The accounts to remove from this device, including one persisted by a page that is closed by now. */
  function othersThan(account: Account | null): Account[] {
    const before = [store.getSnapshot().account, persistence.read<Account>(ACCOUNT)];
    return before.flatMap((each) => (each == null || each.id === account?.id ? [] : each));
  }

  function signedIn(account: Account): SessionSnapshot {
    const { state, verified, account: before } = store.getSnapshot();
    // Subscribers must not be notified when the same person is confirmed.
    if (state === "signed-in" && verified && JSON.stringify(before) === JSON.stringify(account))
      return store.getSnapshot();
    const gone = othersThan(account);
    if (JSON.stringify(persistence.read<Account>(ACCOUNT)) !== JSON.stringify(account))
      persistence.write(ACCOUNT, account);
    return update({ state: "signed-in", account, verified: true, error: null }, gone);
  }

  function signedOut(error: OrdercastProblem | null): SessionSnapshot {
    const gone = othersThan(null);
    if (persistence.read(ACCOUNT) !== undefined) persistence.remove(ACCOUNT);
    return update({ state: "signed-out", account: null, verified: true, error }, gone);
  }

  /** Not `/me`: it answers 401 when nobody is signed in, and the browser logs that as an error. */
  async function fetchAccount(): Promise<Account | null> {
    try {
      return (await unwrap(api.GET("/api/v1/auth/session"))).account;
    } catch (error) {
      // An older server does not have the endpoint.
      if (error instanceof OrdercastProblem && error.status === 404) return unwrap(api.GET("/api/v1/me"));
      throw error;
    }
  }

  const wasSignedIn = () => store.getSnapshot().state === "signed-in";

  async function refresh(): Promise<SessionSnapshot> {
    generation += 1;
    const mine = generation;
    environment.clearTimeout(retryTimer);
    pendingChecks += 1;
    try {
      const account = await fetchAccount();
      if (mine !== generation) return store.getSnapshot();
      return account ? signedIn(account) : signedOut(wasSignedIn() ? NOBODY : null);
    } catch (error) {
      const problem =
        error instanceof OrdercastProblem ? error : localProblem("unexpected_answer", String(error), error);
      if (mine !== generation) return store.getSnapshot();
      if (problem.status === 401) return signedOut(wasSignedIn() ? problem : null);
      if (isStarted) retryTimer = environment.setTimeout(() => void refresh(), problem.retryAfterMs ?? RETRY_AFTER_MS);
      // The server is unreachable: show the account that was signed in last on this device.
      const known = store.getSnapshot().account ?? persistence.read<Account>(ACCOUNT) ?? null;
      if (known === null) return update({ ...UNKNOWN, error: problem });
      return update({ state: "signed-in", account: known, verified: false, error: problem });
    } finally {
      pendingChecks -= 1;
    }
  }

  async function authenticate(answer: Promise<{ data?: SignedIn }>): Promise<SignedIn> {
    const session = await unwrap(answer);
    generation += 1;
    environment.clearTimeout(retryTimer);
    signedIn(session.user);
    return session;
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    account: () => store.getSnapshot().account,
    start() {
      if (isStarted) return;
      isStarted = true;
      stopStorage = environment.onStorage((key) => {
        if (persistence.nameOf(key) === ACCOUNT) void refresh();
      });
      stopPageState = environment.onPageStateChange(() => {
        const { verified, state } = store.getSnapshot();
        if (!verified && state !== "signed-out" && environment.isOnline()) void refresh();
      });
      void refresh();
    },
    stop() {
      isStarted = false;
      generation += 1;
      environment.clearTimeout(retryTimer);
      stopStorage?.();
      stopPageState?.();
      update(UNKNOWN);
    },
    verify(problem) {
      if (isStarted && pendingChecks === 0 && store.getSnapshot().state === "signed-in" && problem.status === 401)
        void refresh();
    },
    refresh,
    signIn: (body) => authenticate(api.POST("/api/v1/auth/login", { body })),
    signUp: (body) => authenticate(api.POST("/api/v1/auth/register", { body })),
    async signOut() {
      try {
        await api.POST("/api/v1/auth/logout");
      } catch (error) {
        // Already signed out.
        if (!(error instanceof OrdercastProblem && error.status === 401)) throw error;
      }
      generation += 1;
      environment.clearTimeout(retryTimer);
      signedOut(null);
    },
  };
}
