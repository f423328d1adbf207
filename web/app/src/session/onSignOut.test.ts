import type { SessionSnapshot } from "@ordercast/client";
import { describe, expect, it, vi } from "vitest";
import { onSignOut, type SignOutReason } from "./onSignOut";

function session() {
  let snapshot = { state: "unknown", account: null } as SessionSnapshot;
  let listener = () => {};
  return {
    getSnapshot: () => snapshot,
    subscribe: (next: () => void) => {
      listener = next;
      return () => {};
    },
    is(state: SessionSnapshot["state"], id?: string, error: object | null = null) {
      snapshot = { state, account: id ? { id } : null, error } as SessionSnapshot;
      listener();
    },
  };
}

describe("onSignOut", () => {
  it("calls back on sign-out, not on a lost connection", () => {
    const [here, forget] = [session(), vi.fn<() => void>()];
    onSignOut(here, forget);
    here.is("signed-in", "ada");
    here.is("unknown", "ada");
    here.is("unknown");
    here.is("signed-in", "ada");
    expect(forget).not.toHaveBeenCalled();
    here.is("signed-out");
    expect(forget).toHaveBeenCalledExactlyOnceWith("signed-out");
  });

  it("says when the server ended the session", () => {
    const [here, forget] = [session(), vi.fn<(reason: SignOutReason) => void>()];
    onSignOut(here, forget);
    here.is("signed-in", "ada");
    here.is("signed-out", undefined, { code: "session_ended" });
    expect(forget).toHaveBeenCalledExactlyOnceWith("expired");
    here.is("signed-in", "ada");
    expect(forget).toHaveBeenCalledOnce();
  });

  it("calls back when another user signs in", () => {
    const [here, forget] = [session(), vi.fn<() => void>()];
    onSignOut(here, forget);
    here.is("signed-in", "ada");
    here.is("signed-in", "grace");
    expect(forget).toHaveBeenCalledOnce();
  });
});
