import type { PresenceSnapshot } from "@ordercast/client";
import { useOrdercast } from "./context.js";
import { useStore } from "./useStore.js";

/** Who else of the staff looks at an order; they see us too (row E11). */
export function usePresence(orderId: string): PresenceSnapshot {
  return useStore(useOrdercast().presence.of(orderId));
}
