import type { Status } from "@ordercast/client";
import { CircleCheckBig, CircleX, Clock3, PackageOpen, Truck, Wallet, type LucideIcon } from "lucide-react";

export type { Status } from "@ordercast/client";

/** The colours of badges, banners and toasts. */
export type Tone = "neutral" | "info" | "success" | "warning" | "error";

export interface StatusLook {
  label: string;
  icon: LucideIcon;
  tone: Tone;
}

/** How each status looks, everywhere: one icon, one colour, one word. */
export const STATUSES: Record<Status, StatusLook> = {
  pending: { label: "Pending", icon: Clock3, tone: "neutral" },
  processing: { label: "Processing", icon: PackageOpen, tone: "info" },
  shipped: { label: "Shipped", icon: Truck, tone: "info" },
  paid: { label: "Paid", icon: Wallet, tone: "success" },
  delivered: { label: "Delivered", icon: CircleCheckBig, tone: "success" },
  cancelled: { label: "Cancelled", icon: CircleX, tone: "warning" },
};

export function statusLook(status: Status): StatusLook {
  return STATUSES[status];
}

/** Nothing moves an order out of these by itself. */
export function isFinal(status: Status): boolean {
  return status === "delivered" || status === "cancelled";
}
