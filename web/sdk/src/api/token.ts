import type { OrdercastProblem } from "../problem.js";

/** An access token, or a function that returns a fresh one. */
export type TokenOption = string | (() => string | Promise<string>);

export interface TokenSource {
  /** The token to send; null where the session cookie is used. `isFresh`: the token was just renewed, so the option is not called again. */
  get: (isFresh: boolean) => Promise<string | null>;
  /** Whether a new token was obtained after this refusal, so that another attempt makes sense. */
  isWorthAnother: (problem: { code: string; status: number } | OrdercastProblem, wasFresh: boolean) => Promise<boolean>;
  readonly usesCookie: boolean;
}

const STALE = new Set(["token_expired", "invalid_token"]);

export function createTokenSource(option: TokenOption | undefined): TokenSource {
  let last: string | undefined;
  const get = async (isFresh: boolean) => {
    if (option === undefined) return null;
    if (isFresh && last !== undefined) return last;
    last = typeof option === "string" ? option : await option();
    return last;
  };
  return {
    usesCookie: option === undefined,
    get,
    async isWorthAnother({ code }, wasFresh) {
      if (wasFresh || typeof option !== "function" || !STALE.has(code)) return false;
      const before = last;
      return (await get(false)) !== before;
    },
  };
}
