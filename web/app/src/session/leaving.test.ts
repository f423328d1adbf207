import type { SessionSnapshot } from "@ordercast/client";
import { describe, expect, it, vi } from "vitest";
import { onSignOut } from "./leaving";

function session() {
  let snapshot = { state: "unknown", account: null } as SessionSnapshot;
  let listener = () => {};
  return {
    getSnapshot: () => snapshot,
    subscribe: (next: () => void) => {
      listener = next;
      return () => {};
    },
    is(state: SessionSnapshot["state"], id?: string) {
      snapshot = { state, account: id ? { id } : null } as SessionSnapshot;
      listener();
    },
  };
}

describe("what is somebody's own", () => {
  it("goes with their sign-out, not with a connection that is lost", () => {
    const [here, forget] = [session(), vi.fn<() => void>()];
    onSignOut(here, forget);
    here.is("signed-in", "ada");
    here.is("unknown", "ada");
    here.is("unknown");
    here.is("signed-in", "ada");
    expect(forget).not.toHaveBeenCalled();
    here.is("signed-out");
    expect(forget).toHaveBeenCalledOnce();
  });

  it("goes when it is somebody else at once", () => {
    const [here, forget] = [session(), vi.fn<() => void>()];
    onSignOut(here, forget);
    here.is("signed-in", "ada");
    here.is("signed-in", "grace");
    expect(forget).toHaveBeenCalledOnce();
  });
});
