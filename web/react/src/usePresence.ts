import type { PresenceSnapshot } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useStore } from "./useStore.js";

/** Which other staff members view an order. They see us too. */
export function usePresence(orderId: string): PresenceSnapshot {
  return useStore(useOrdercast().presence.of(orderId));
}
