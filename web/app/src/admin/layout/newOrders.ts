// Counts the orders that arrived since the table was last on the screen. The newest order seen is stored in this
// browser per user, so that all tabs agree.

export interface NewOrders {
  /** Numbers of the unseen orders, newest first. An order that is both fetched and received live counts once. */
  unseen: readonly number[];
  /** The table is on the screen: nothing counts as new. */
  isVisible: boolean;
  /**
   * The number of the newest order seen. Order numbers rise, so any higher number is new. Undefined before the first
   * visit.
   */
  seen: number | undefined;
  /** The server's log was replaced, for example by a restored backup: order numbers can be lower than `seen`. */
  restored: boolean;
}

export const INITIAL_NEW_ORDERS: NewOrders = { unseen: [], isVisible: false, seen: undefined, restored: false };
/** Higher counts are shown as `99+`; also the page size of the request for the newest orders. */
export const MAX_COUNTED = 100;

export type NewOrdersChange =
  | { type: "arrived"; order: number }
  | { type: "isVisible"; isVisible: boolean }
  | { type: "seen elsewhere"; seen: number }
  /** The newest orders, fetched when the console opens. */
  | { type: "read"; newest: readonly number[] }
  /** The event stream could not be resumed. */
  | { type: "reset" };

export function newOrdersReducer(state: NewOrders, change: NewOrdersChange): NewOrders {
  switch (change.type) {
    case "arrived":
      return withOrders(state, [change.order]);
    case "isVisible":
      return withOrders({ ...state, isVisible: change.isVisible }, []);
    case "seen elsewhere":
      return change.seen > (state.seen ?? 0) ? withOrders({ ...state, seen: change.seen }, []) : state;
    case "read":
      // On a first visit existing orders are not new.
      if (state.seen === undefined)
        return { ...state, unseen: [], seen: newestOf(state, change.newest), restored: false };
      if (state.restored)
        return withOrders(
          { ...state, seen: Math.min(state.seen, Math.max(0, ...change.newest)), restored: false },
          change.newest,
        );
      return withOrders(state, change.newest);
    case "reset":
      return { ...state, unseen: [], restored: true };
  }
}

/** Adds orders. Those above `seen` are new; while the table is visible, `seen` advances instead. */
function withOrders(state: NewOrders, orders: readonly number[]): NewOrders {
  const { isVisible, seen = 0 } = state;
  if (isVisible) {
    const newest = newestOf(state, orders);
    return { ...state, unseen: [], seen: newest > 0 ? newest : state.seen };
  }
  const unseen = [...new Set([...state.unseen, ...orders])].filter((order) => order > seen);
  return { ...state, unseen: unseen.sort((a, b) => b - a).slice(0, MAX_COUNTED) };
}

function newestOf({ seen = 0, unseen }: NewOrders, orders: readonly number[]): number {
  return Math.max(seen, ...unseen, ...orders);
}

export function badgeText(count: number): string {
  return count >= MAX_COUNTED ? "99+" : String(count);
}
