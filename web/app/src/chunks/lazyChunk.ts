import { lazy, type ComponentType } from "react";

import { loadChunk } from "./loadChunk";

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

/** Loads the module on the first call. All callers share the result. */
export function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => (loading ??= loadChunk(load));
}

/** Like React's `lazy`, for code that is loaded again when the server is back. */
export function lazyChunk<Props>(load: Load<Props>) {
  return lazy(once(load));
}
