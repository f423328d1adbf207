import type { Store } from "@ordercast/client";
import { useSyncExternalStore } from "react";

/** The current snapshot of a store. A server renders the initial snapshot. */
export function useStore<Snapshot>(store: Store<Snapshot>): Snapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}

/** One member of a store's snapshot. Changes of other members do not render again. */
export function useMember<Snapshot, Name extends keyof Snapshot>(store: Store<Snapshot>, name: Name): Snapshot[Name] {
  const read = () => store.getSnapshot()[name];
  return useSyncExternalStore(store.subscribe, read, read);
}
