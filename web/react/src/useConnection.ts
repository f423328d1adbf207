import type { ConnectionSnapshot } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useStore } from "./useStore.js";

export interface Connection extends ConnectionSnapshot {
  /** Tries now instead of waiting for the next attempt. */
  reconnect: () => void;
  /** Disconnects until `reconnect`. */
  pause: () => void;
}

/** The state of the live connection. */
export function useConnection(): Connection {
  const { connection } = useOrdercast();
  return { ...useStore(connection), reconnect: connection.reconnect, pause: connection.pause };
}
