/** Something that can be read at any time and says when it changed: what React's `useSyncExternalStore` wants. */
export interface Store<Snapshot> {
  /** The present state. The same object until something changes; parts that did not change stay the same objects. */
  readonly getSnapshot: () => Snapshot;
  /** Calls `listener` after changes, at most once a frame. Returns how to stop that. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** How far a store's content is. */
export type LoadState =
  /** Nobody asked for it yet, or nobody is signed in. */
  | "idle"
  /** Asked for, nothing to show yet. */
  | "loading"
  /** There, and kept current. */
  | "ready"
  /** It could not be had: `error` says why. What was there before stays. */
  | "error";
