import type { Status } from "@ordercast/client";
import { CircleCheckBig, CircleX, Clock3, PackageOpen, Truck, Wallet, type LucideIcon } from "lucide-react";

export type { Status } from "@ordercast/client";

/** The colors of badges, banners and toasts. */
export type Tone = "neutral" | "info" | "success" | "warning" | "error";

export interface StatusAppearance {
  label: string;
  icon: LucideIcon;
  tone: Tone;
}

/** The icon, color and label of each status, used everywhere. */
export const STATUSES: Record<Status, StatusAppearance> = {
  pending: { label: "Pending", icon: Clock3, tone: "neutral" },
  processing: { label: "Processing", icon: PackageOpen, tone: "info" },
  shipped: { label: "Shipped", icon: Truck, tone: "info" },
  paid: { label: "Paid", icon: Wallet, tone: "success" },
  delivered: { label: "Delivered", icon: CircleCheckBig, tone: "success" },
  cancelled: { label: "Cancelled", icon: CircleX, tone: "warning" },
};

export function statusAppearance(status: Status): StatusAppearance {
  return STATUSES[status];
}

/** The label of a status within a sentence. */
export function statusName(status: Status): string {
  return STATUSES[status].label.toLowerCase();
}
