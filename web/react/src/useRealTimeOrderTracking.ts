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

/** An order, also under the name that pages know its number by. */
export type TrackedOrder = Order & { orderNumber: string };

export interface OrderStatus {
  status: Status;
  /** What people read, such as `Shipped`. */
  statusDisplay: string;
  /** The colour of row B3. */
  severity: Severity;
}

/** Row D18, and more. */
export interface RealTimeOrderTracking {
  /** Null until it is there. */
  order: TrackedOrder | null;
  isConnected: boolean;
  orderStatus: OrderStatus | null;
  /** Per cent. */
  progress: number;
  /** When something of it was last heard; null until it is there. */
  lastUpdate: Date | null;
  /** Oldest first, with who did it. */
  timeline: readonly TimelineEvent[];
  isLoading: boolean;
  /** There is no such order, or it is none of ours. */
  isMissing: boolean;
  /** Nobody answers now: this is the last state known on this device. */
  isStale: boolean;
  /** A change of ours is under way. */
  isPending: boolean;
  conflict: OrderConflict | null;
  error: OrdercastProblem | null;
  reload: () => Promise<void>;
  cancel: (reason?: string) => Promise<ChangeResult>;
}

/** One order, live: `orderId` is its id or its number. */
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
