// How many orders came since somebody last looked at the table (row A18). Looking at it in one tab is looking at it in
// all of them: the place is kept in this browser, for each user.

export interface Badge {
  /** Numbers of orders that nobody has looked at: the same one can be read and heard of, and counts once. */
  unseen: readonly number[];
  /** While the table is open in front of somebody, nothing is new. */
  looking: boolean;
  /** The newest order seen: numbers rise, so anything above is new. Undefined where nobody ever looked. */
  seen: number | undefined;
  /** The log is another, such as that of a restored backup: what is read next can be lower than what was seen. */
  restored: boolean;
}

export const NOTHING_NEW: Badge = { unseen: [], looking: false, seen: undefined, restored: false };
/** More are shown as `99+`; nobody counts further, nor does the request that finds them. */
export const MOST_COUNTED = 100;

export type BadgeChange =
  | { type: "arrived"; order: number }
  | { type: "looking"; looking: boolean }
  | { type: "seen elsewhere"; seen: number }
  /** The newest orders there are, read when the console opens. */
  | { type: "read"; newest: readonly number[] }
  /** The log could not be continued. */
  | { type: "reset" };

export function countNew(badge: Badge, change: BadgeChange): Badge {
  switch (change.type) {
    case "arrived":
      return withOrders(badge, [change.order]);
    case "looking":
      return withOrders({ ...badge, looking: change.looking }, []);
    case "seen elsewhere":
      return change.seen > (badge.seen ?? 0) ? withOrders({ ...badge, seen: change.seen }, []) : badge;
    case "read":
      // Who never looked before begins with what there is: it is not all new.
      if (badge.seen === undefined)
        return { ...badge, unseen: [], seen: newestOf(badge, change.newest), restored: false };
      if (badge.restored)
        return withOrders(
          { ...badge, seen: Math.min(badge.seen, Math.max(0, ...change.newest)), restored: false },
          change.newest,
        );
      return withOrders(badge, change.newest);
    case "reset":
      return { ...badge, unseen: [], restored: true };
  }
}

/** Takes in orders: those above the place are new, unless somebody looks, and then the place goes on to the newest. */
function withOrders(badge: Badge, orders: readonly number[]): Badge {
  const { looking, seen = 0 } = badge;
  if (looking) {
    const newest = newestOf(badge, orders);
    return { ...badge, unseen: [], seen: newest > 0 ? newest : badge.seen };
  }
  const unseen = [...new Set([...badge.unseen, ...orders])].filter((order) => order > seen);
  return { ...badge, unseen: unseen.sort((a, b) => b - a).slice(0, MOST_COUNTED) };
}

function newestOf({ seen = 0, unseen }: Badge, orders: readonly number[]): number {
  return Math.max(seen, ...unseen, ...orders);
}

export function badgeText(count: number): string {
  return count >= MOST_COUNTED ? "99+" : String(count);
}
