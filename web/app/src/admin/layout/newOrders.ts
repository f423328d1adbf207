// How many orders came since somebody last looked at the table (row A18). Looking at it in one tab is looking at it in
// all of them: the place is kept in this browser, for each user.

export interface Badge {
  count: number;
  /** While the table is open in front of somebody, nothing is new. */
  looking: boolean;
  /** The newest order seen: numbers rise, so anything above is new. */
  seen: number;
}

export const NOTHING_NEW: Badge = { count: 0, looking: false, seen: 0 };
/** More are shown as `99+`; nobody counts further, nor does the request that finds them. */
export const MOST_COUNTED = 100;

export type BadgeChange =
  | { type: "arrived"; order: number }
  | { type: "looking"; looking: boolean; newest: number }
  | { type: "seen elsewhere"; seen: number }
  | { type: "counted"; newer: readonly number[] };

export function countNew(badge: Badge, change: BadgeChange): Badge {
  switch (change.type) {
    case "arrived":
      if (badge.looking) return { ...badge, seen: Math.max(badge.seen, change.order) };
      return change.order > badge.seen ? { ...badge, count: badge.count + 1 } : badge;
    case "looking":
      return change.looking
        ? { count: 0, looking: true, seen: Math.max(badge.seen, change.newest) }
        : { ...badge, looking: false, seen: Math.max(badge.seen, change.newest) };
    case "seen elsewhere":
      return change.seen > badge.seen ? { ...badge, count: 0, seen: change.seen } : badge;
    case "counted":
      return badge.looking ? badge : { ...badge, count: change.newer.filter((order) => order > badge.seen).length };
  }
}

export function badgeText(count: number): string {
  return count >= MOST_COUNTED ? "99+" : String(count);
}
