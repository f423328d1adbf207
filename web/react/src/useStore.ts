import type { Store } from "@ordercast/client";
import { useSyncExternalStore } from "react";

/** A store's snapshot, current. What a server renders is the store before anything was loaded. */
export function useStore<Snapshot>(store: Store<Snapshot>): Snapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}
