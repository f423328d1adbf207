import type { Store } from "@ordercast/client";
import { useSyncExternalStore } from "react";

/** A store's snapshot, current. What a server renders is the store before anything was loaded. */
export function useStore<Snapshot>(store: Store<Snapshot>): Snapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}

/** One member of a store's snapshot: no rendering when only others change. */
export function useMember<Snapshot, Name extends keyof Snapshot>(store: Store<Snapshot>, name: Name): Snapshot[Name] {
  const read = () => store.getSnapshot()[name];
  return useSyncExternalStore(store.subscribe, read, read);
}
