import {
  type ChangeResult,
  type Order,
  type OrdercastProblem,
  type OrderConflict,
  type Severity,
  type Status,
  type TimelineEvent,
  STATUS_DISPLAY,
  STATUS_SEVERITY,
} from "@ordercast/client";
import { useCallback, useMemo } from "react";
import { useOrdercast } from "./context.js";
import { useMember, useStore } from "./useStore.js";

/** An order whose `number` is also available as `orderNumber`. */
export type TrackedOrder = Order & { orderNumber: string };

export interface OrderStatus {
  status: Status;
  /** A label for people, such as `Shipped`. */
  statusDisplay: string;
  /** The color of the status: `info` is blue, `success` green, `warning` yellow. */
  severity: Severity;
}

export interface RealTimeOrderTracking {
  /** Null until loaded. */
  order: TrackedOrder | null;
  isConnected: boolean;
  orderStatus: OrderStatus | null;
  /** Percent. */
  progress: number;
  /** When the order was last received or read; null until loaded. */
  lastUpdate: Date | null;
  /** Oldest first. */
  timeline: readonly TimelineEvent[];
  isLoading: boolean;
  /** There is no such order, or it belongs to somebody else. */
  isMissing: boolean;
  /** The server is unreachable, and this is the last state known on this device. */
  isStale: boolean;
  /** The server has not answered a change of ours yet. */
  isPending: boolean;
  conflict: OrderConflict | null;
  error: OrdercastProblem | null;
  reload: () => Promise<void>;
  cancel: (reason?: string) => Promise<ChangeResult>;
}

/** One live order by id or number. */
export function useRealTimeOrderTracking(orderId: string): RealTimeOrderTracking {
  const { connection, orders } = useOrdercast();
  const tracking = orders.track(orderId);
  const { order: tracked, state, lastUpdate, ...rest } = useStore(tracking);
  const isConnected = useMember(connection, "isConnected");
  const order = useMemo(() => tracked && { ...tracked, orderNumber: tracked.number }, [tracked]);
  const status = tracked?.status;
  const orderStatus = useMemo(
    () => (status ? { status, statusDisplay: STATUS_DISPLAY[status], severity: STATUS_SEVERITY[status] } : null),
    [status],
  );
  const cancel = useCallback(
    (reason?: string) => orders.cancel(orderId, reason === undefined ? {} : { reason }),
    [orders, orderId],
  );
  return {
    ...rest,
    order,
    isConnected,
    orderStatus,
    lastUpdate: useMemo(() => (lastUpdate === null ? null : new Date(lastUpdate)), [lastUpdate]),
    isLoading: state === "idle" || state === "loading",
    isMissing: state === "missing",
    reload: tracking.load,
    cancel,
  };
}
