import { useEffect, useState } from "react";

import { useSession } from "../session/session";
import { readLastKnown, saveLastKnown, type KnownName, type LastKnown } from "./lastKnown";

export interface LastKnownSource<Value> {
  /** The current value; undefined while it is loading or could not be loaded. Keeps its identity until it changes. */
  current: Value | undefined;
  hasFailed: boolean;
}

/**
 * Stores the current value, and returns the stored one once the current one could not be loaded. That stays until
 * loading succeeds: a retry shows no placeholder in between.
 */
export function useLastKnown<Value>(
  name: KnownName,
  { current, hasFailed }: LastKnownSource<Value>,
): LastKnown<Value> | undefined {
  const id = useSession().account?.id;
  const [known, setKnown] = useState<{ name: KnownName; last: LastKnown<Value> | undefined }>();
  if (hasFailed && known?.name !== name) setKnown({ name, last: id ? readLastKnown<Value>(name, id) : undefined });
  if (current !== undefined && known !== undefined) setKnown(undefined);
  useEffect(() => {
    if (current !== undefined && id !== undefined) saveLastKnown(name, id, current, Date.now());
  }, [name, id, current]);
  return known?.name === name ? known.last : undefined;
}
