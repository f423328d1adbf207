// How many orders came since somebody last looked at the table (row A18). Looking at it in one tab is looking at it in
// all of them: the place is kept in this browser, for each user.

export interface Badge {
  count: number;
  /** While the table is open in front of somebody, nothing is new. */
  looking: boolean;
  /** The newest order seen: numbers rise, so anything above is new. Undefined where nobody ever looked. */
  seen: number | undefined;
}

export const NOTHING_NEW: Badge = { count: 0, looking: false, seen: undefined };
/** More are shown as `99+`; nobody counts further, nor does the request that finds them. */
export const MOST_COUNTED = 100;

export type BadgeChange =
  | { type: "arrived"; order: number }
  | { type: "looking"; looking: boolean }
  | { type: "seen elsewhere"; seen: number }
  /** The newest orders there are, read when the console opens. */
  | { type: "read"; newest: readonly number[] };

export function countNew(badge: Badge, change: BadgeChange): Badge {
  const seen = badge.seen ?? 0;
  switch (change.type) {
    case "arrived":
      if (badge.looking) return { ...badge, seen: Math.max(seen, change.order) };
      return change.order > seen ? { ...badge, count: badge.count + 1 } : badge;
    case "looking":
      return { ...badge, looking: change.looking, count: 0 };
    case "seen elsewhere":
      return change.seen > seen ? { ...badge, count: 0, seen: change.seen } : badge;
    case "read": {
      // Who never looked before begins with what there is: it is not all new.
      if (badge.looking || badge.seen === undefined) return { ...badge, count: 0, seen: Math.max(seen, ...change.newest) };
      return { ...badge, count: change.newest.filter((order) => order > seen).length };
    }
  }
}

export function badgeText(count: number): string {
  return count >= MOST_COUNTED ? "99+" : String(count);
}
