export { createOrdercast } from "./client.js";
export type {
  Ordercast,
  OrdercastOptions,
  PresenceSnapshot,
  PresenceStore,
  StatsSnapshot,
  StatsStore,
} from "./contract.js";
export { browserStorage, createPersistence, type KeyValueStorage, type Persistence } from "./core/persistence.js";
export { type Api, unwrap } from "./api/http.js";
export { randomKey } from "./api/keys.js";
export type { components, operations, paths } from "./api/schema.js";
export type { InboxFilter, InboxList, InboxSnapshot, InboxStore } from "./inbox/contract.js";
export type {
  LiveMessage,
  OrderEvent,
  OrderEventKind,
  ProductEvent,
  ResetEvent,
  TransportName,
} from "./live/events.js";
export type { ConnectionError, ConnectionSnapshot, ConnectionState, ConnectionStore } from "./live/state.js";
export type * from "./model.js";
export type {
  ActionOptions,
  BulkOptions,
  BulkResult,
  ChangeOptions,
  ChangeResult,
  OrderChange,
  OrderConflict,
  OrderFilter,
  OrderList,
  OrderListOptions,
  OrderListSnapshot,
  OrderRowsSnapshot,
  OrdersActivity,
  OrderSort,
  OrdersStore,
  OrderTracking,
  TrackingSnapshot,
  WatchedOrder,
} from "./orders/contract.js";
export { type FieldError, type LocalCode, OrdercastProblem } from "./problem.js";
export type { SessionSnapshot, SessionStore } from "./session/contract.js";
export type { LoadState, Store } from "./store.js";
export { type DescribeOptions, type Description, describe, describeOutcome } from "./labels/describe.js";
export { describeLine, type TimelineLine, whoOf } from "./labels/timeline.js";
export { isFinal, STATUS_DISPLAY, STATUS_SEVERITY, STATUSES } from "./labels/status.js";
