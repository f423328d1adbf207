import { describe, type OrderEvent } from "@ordercast/client";
import { useOrderEvents } from "@ordercast/react";
import { useRef } from "react";
import { useLocation } from "wouter";

import { failedToastId } from "../orders/failedToast";
import { isStaff, useSession } from "../session/session";
import { toast } from "../ui";
import { afterPaint } from "./afterPaint";
import { ToastLimiter } from "./toastLimiter";

/**
 * The counter toast is updated at most this often: each update causes a layout, and there can be fifty changes a
 * second.
 */
const UPDATE_MS = 500;

/** On every page, shows a toast for changes to the user's orders. */
export function LiveToasts() {
  const { account } = useSession();
  const [location, navigate] = useLocation();
  const limiter = useRef(new ToastLimiter());
  const suppressed = useRef<{ count: number; timer: ReturnType<typeof setTimeout> | undefined }>({
    count: 0,
    timer: undefined,
  });

  useOrderEvents((event) => {
    if (event.status !== event.previousStatus) toast.close(failedToastId(event.orderId, event.status));
    // What the page shows from the start is no news.
    if (!account || event.listed) return;
    const staff = isStaff(account);
    // Staff get the result of their own changes where they made them.
    if (staff && (event.own || isOnPage(location, event))) return;
    // The window in which an order was placed says so. It is no news for the customer's other windows.
    if (!staff && event.kind === "order.created" && event.own && !event.here) return;
    const description = describe(event, account.role, { isTracked: isOpen(location, event) });
    if (!description) return;
    // After a connection loss an order is reported once, with its current status.
    const id = event.missed ? `missed-${event.orderId}` : event.id;
    const overflow = limiter.current.overflow(Date.now(), id);
    if (overflow > 0) {
      suppressed.current.count = overflow;
      suppressed.current.timer ??= setTimeout(() => {
        const { count } = suppressed.current;
        suppressed.current.timer = undefined;
        toast.info(count === 1 ? "1 more change" : `${count} more changes`, { id: "more-changes" });
      }, UPDATE_MS);
      return;
    }
    const page = staff ? `/admin/orders/${event.orderId}` : `/orders/${event.orderId}`;
    // No link for the person who made the change, or on the order's own page.
    const hasLink = !event.own && !location.endsWith(`/orders/${event.orderId}`);
    // Paint the change itself first: showing a toast forces a layout.
    afterPaint(() =>
      toast.show(description.severity, description.message, {
        id,
        ...(!description.message.includes(event.orderNumber) && { description: `Order #${event.orderNumber}` }),
        ...(hasLink && { action: { label: "Show", onPress: () => navigate(page) } }),
      }),
    );
  });
  return null;
}

/** Whether the order's own page is open. */
function isOpen(location: string, event: OrderEvent): boolean {
  return location === `/orders/${event.orderId}` || location === `/orders/${event.orderNumber}`;
}

/** Whether a page of the console shows the change itself. New orders and cancellations are announced everywhere. */
function isOnPage(location: string, { orderId, orderNumber, kind, status, previousStatus }: OrderEvent): boolean {
  if (location === `/admin/orders/${orderId}` || location === `/admin/orders/${orderNumber}`) return true;
  if (location !== "/admin" || kind === "order.created") return false;
  if (status === "cancelled" && previousStatus !== "cancelled") return false;
  return document.querySelector(`[role="row"][data-id="${CSS.escape(orderId)}"]`) !== null;
}
