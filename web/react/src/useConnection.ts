import type { ConnectionSnapshot } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useStore } from "./useStore.js";

export interface Connection extends ConnectionSnapshot {
  /** Tries at once instead of waiting for the next attempt. */
  reconnect: () => void;
  /** Hangs up until `reconnect`. */
  pause: () => void;
}

/** How the live connection is (row D13). */
export function useConnection(): Connection {
  const { connection } = useOrdercast();
  return { ...useStore(connection), reconnect: connection.reconnect, pause: connection.pause };
}
