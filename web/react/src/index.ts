export { OrdercastProvider, type OrdercastProviderProps, useOrdercast } from "./context.js";
export { type Connection, useConnection } from "./useConnection.js";
export { type Notifications, useNotifications } from "./useNotifications.js";
export { useOrderEvents } from "./useOrderEvents.js";
export { type Orders, useOrders } from "./useOrders.js";
export { type OrderStats, useOrderStats } from "./useOrderStats.js";
export { usePresence } from "./usePresence.js";
export {
  type OrderStatus,
  type RealTimeOrderTracking,
  type TrackedOrder,
  useRealTimeOrderTracking,
} from "./useRealTimeOrderTracking.js";
export { type Session, useSession } from "./useSession.js";
export { useStore } from "./useStore.js";
