// Who is signed in.

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
  begin: () => void;
  end: () => void;
  account: () => Account | null;
  /** The server said that nobody is signed in. Asks whether that is so: another window may have signed in again. */
  doubt: (problem: OrdercastProblem) => void;
}

export interface SessionOptions {
  api: Api;
  environment: Environment;
  persistence: Persistence;
  scheduler: Scheduler;
  /** Another person, or nobody, from now on. Of those who are `gone`, nothing may stay on this device. */
  onAccount: (account: Account | null, gone: readonly Account[]) => void;
}

const UNKNOWN: SessionSnapshot = { state: "unknown", account: null, verified: false, error: null };
/** Why somebody who was signed in no longer is, where the server knows of nobody. */
const NOBODY = new OrdercastProblem({
  code: "unauthenticated",
  status: 401,
  title: "Sign in first",
  detail: "Nobody is signed in any more.",
});
const ACCOUNT = "account";
/** Milliseconds between two attempts to find out who is signed in, while nobody answers. */
const AGAIN_AFTER = 5000;

export function createSession({ api, environment, persistence, scheduler, onAccount }: SessionOptions): Session {
  const store = createWritableStore<SessionSnapshot>(scheduler, UNKNOWN);
  let isBegun = false;
  /** Rises with whatever makes an earlier question's answer worthless. */
  let turn = 0;
  /** Questions that are under way. Their own refusal is their answer, and no reason to ask again. */
  let asking = 0;
  let again: Timer | undefined;
  let stopStorage: (() => void) | undefined;
  let stopPageState: (() => void) | undefined;

  function settle(snapshot: SessionSnapshot, gone: readonly Account[] = []): SessionSnapshot {
    const before = store.getSnapshot().account;
    store.set(snapshot);
    if (before?.id !== snapshot.account?.id || gone.length > 0) onAccount(snapshot.account, gone);
    return snapshot;
  }

  /** Who was here before, and is not any more: also while no page was open to see them go. */
  function othersThan(account: Account | null): Account[] {
    const before = [store.getSnapshot().account, persistence.read<Account>(ACCOUNT)];
    return before.flatMap((each) => (each == null || each.id === account?.id ? [] : each));
  }

  function signedIn(account: Account): SessionSnapshot {
    const { state, verified, account: before } = store.getSnapshot();
    // The same person again is no news to anybody who looks at the snapshot.
    if (state === "signed-in" && verified && JSON.stringify(before) === JSON.stringify(account))
      return store.getSnapshot();
    const gone = othersThan(account);
    if (JSON.stringify(persistence.read<Account>(ACCOUNT)) !== JSON.stringify(account))
      persistence.write(ACCOUNT, account);
    return settle({ state: "signed-in", account, verified: true, error: null }, gone);
  }

  function signedOut(error: OrdercastProblem | null): SessionSnapshot {
    const gone = othersThan(null);
    if (persistence.read(ACCOUNT) !== undefined) persistence.remove(ACCOUNT);
    return settle({ state: "signed-out", account: null, verified: true, error }, gone);
  }

  /** Not `/me`: that nobody is signed in is no error here, and no red line in a visitor's console. */
  async function whoIsThere(): Promise<Account | null> {
    try {
      return (await unwrap(api.GET("/api/v1/auth/session"))).account;
    } catch (error) {
      // A server that was set back to a version without it.
      if (error instanceof OrdercastProblem && error.status === 404) return unwrap(api.GET("/api/v1/me"));
      throw error;
    }
  }

  const wasSignedIn = () => store.getSnapshot().state === "signed-in";

  async function refresh(): Promise<SessionSnapshot> {
    turn += 1;
    const mine = turn;
    environment.clearTimeout(again);
    asking += 1;
    try {
      const account = await whoIsThere();
      if (mine !== turn) return store.getSnapshot();
      return account ? signedIn(account) : signedOut(wasSignedIn() ? NOBODY : null);
    } catch (error) {
      const problem =
        error instanceof OrdercastProblem ? error : localProblem("unexpected_answer", String(error), error);
      if (mine !== turn) return store.getSnapshot();
      if (problem.status === 401) return signedOut(wasSignedIn() ? problem : null);
      if (isBegun) again = environment.setTimeout(() => void refresh(), problem.retryAfterMs ?? AGAIN_AFTER);
      // Nobody answers: what is kept on this device belongs to whoever was here last.
      const known = store.getSnapshot().account ?? persistence.read<Account>(ACCOUNT) ?? null;
      if (known === null) return settle({ ...UNKNOWN, error: problem });
      return settle({ state: "signed-in", account: known, verified: false, error: problem });
    } finally {
      asking -= 1;
    }
  }

  async function enter(answer: Promise<{ data?: SignedIn }>): Promise<SignedIn> {
    const entered = await unwrap(answer);
    turn += 1;
    environment.clearTimeout(again);
    signedIn(entered.user);
    return entered;
  }

  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    account: () => store.getSnapshot().account,
    begin() {
      if (isBegun) return;
      isBegun = true;
      stopStorage = environment.onStorage((key) => {
        if (persistence.nameOf(key) === ACCOUNT) void refresh();
      });
      stopPageState = environment.onPageStateChange(() => {
        const { verified, state } = store.getSnapshot();
        if (!verified && state !== "signed-out" && environment.isOnline()) void refresh();
      });
      void refresh();
    },
    end() {
      isBegun = false;
      turn += 1;
      environment.clearTimeout(again);
      stopStorage?.();
      stopPageState?.();
      settle(UNKNOWN);
    },
    doubt(problem) {
      if (isBegun && asking === 0 && store.getSnapshot().state === "signed-in" && problem.status === 401)
        void refresh();
    },
    refresh,
    signIn: (body) => enter(api.POST("/api/v1/auth/login", { body })),
    signUp: (body) => enter(api.POST("/api/v1/auth/register", { body })),
    async signOut() {
      try {
        await api.POST("/api/v1/auth/logout");
      } catch (error) {
        // Whoever is signed out already has what they want.
        if (!(error instanceof OrdercastProblem && error.status === 401)) throw error;
      }
      turn += 1;
      environment.clearTimeout(again);
      signedOut(null);
    },
  };
}
