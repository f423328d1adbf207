import { describe, type OrderEvent } from "@ordercast/client";
import { useOrderEvents } from "@ordercast/react";
import { useRef } from "react";
import { useLocation } from "wouter";

import { isStaff, useSession } from "../session/session";
import { toast } from "../ui";
import { afterPaint } from "./afterPaint";
import { Burst } from "./burst";

/** A toast that changes is laid out anew: with each of fifty changes a second that would be all that a page does. */
const COUNT_EVERY = 500;

/** On every page, a toast for what happens to one's orders (rows A6 to A8, B3, C2). */
export function LiveToasts() {
  const { account } = useSession();
  const [location, navigate] = useLocation();
  const burst = useRef(new Burst());
  const crowd = useRef<{ count: number; timer: ReturnType<typeof setTimeout> | undefined }>({
    count: 0,
    timer: undefined,
  });

  useOrderEvents((event) => {
    if (!account) return;
    const staff = isStaff(account);
    // Staff are told what became of their own changes where they made them (row C5).
    if (staff && event.own) return;
    const told = describe(event, account.role, { isTracked: isOpen(location, event) });
    if (!told) return;
    // After an absence an order says where it stands now, once.
    const id = event.missed ? `missed-${event.orderId}` : event.id;
    const more = burst.current.more(Date.now(), id);
    if (more > 0) {
      crowd.current.count = more;
      crowd.current.timer ??= setTimeout(() => {
        const { count } = crowd.current;
        crowd.current.timer = undefined;
        toast.info(count === 1 ? "1 more change" : `${count} more changes`, { id: "burst" });
      }, COUNT_EVERY);
      return;
    }
    const page = staff ? `/admin/orders/${event.orderId}` : `/orders/${event.orderId}`;
    // Whoever did it is at it, or on the way there.
    const leads = !event.own && !location.endsWith(`/orders/${event.orderId}`);
    // First the change itself: a toast is measured when it comes, and the page would wait for that.
    afterPaint(() =>
      toast.show(told.severity, told.message, {
        id,
        ...(leads && { action: { label: "Show", onPress: () => navigate(page) } }),
      }),
    );
  });
  return null;
}

/** The order's own page is open. */
function isOpen(location: string, event: OrderEvent): boolean {
  return location === `/orders/${event.orderId}` || location === `/orders/${event.orderNumber}`;
}
