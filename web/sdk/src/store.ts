/** A subscribable value, as React's `useSyncExternalStore` expects it. */
export interface Store<Snapshot> {
  /** The same object until something changes. Unchanged parts keep their identity. */
  readonly getSnapshot: () => Snapshot;
  /** Calls the listener after changes, at most once per frame. Returns how to unsubscribe. */
  readonly subscribe: (listener: () => void) => () => void;
}

export type LoadState =
  /** Not requested yet, or nobody is signed in. */
  | "idle"
  /** Requested, and nothing to show yet. */
  | "loading"
  /** Loaded, and kept current. */
  | "ready"
  /** Loading failed: see `error`. Data loaded before stays. */
  | "error";
