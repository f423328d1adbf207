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
export { useMember, useStore } from "./useStore.js";
export { CONNECTION_TEXTS, LiveIndicator, type LiveIndicatorProps } from "./components/LiveIndicator.js";
export {
  NotificationBell,
  type NotificationBellProps,
  type NotificationBellTexts,
} from "./components/NotificationBell.js";
export { OrderProgress, type OrderProgressProps } from "./components/OrderProgress.js";
export { OrderTimeline, type OrderTimelineProps } from "./components/OrderTimeline.js";
export {
  NotificationList,
  type NotificationLinkProps,
  type NotificationListPart,
  type NotificationListProps,
  type NotificationListSlots,
  type NotificationListTexts,
} from "./components/NotificationList.js";
export { formatRelativeTime, RelativeTime, type RelativeTimeProps } from "./components/RelativeTime.js";
export { useNow } from "./components/useNow.js";
