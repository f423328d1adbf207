import type { NotificationCategory } from "@ordercast/client";
import { CircleX, CreditCard, Package, Truck, Undo2, type LucideIcon } from "lucide-react";

export const CATEGORY_LABELS: Record<NotificationCategory, string> = {
  order: "Orders",
  delivery: "Delivery",
  payment: "Payments",
  cancellation: "Cancelled",
  return: "Returns",
};

export const CATEGORY_ICONS: Record<NotificationCategory, LucideIcon> = {
  order: Package,
  payment: CreditCard,
  delivery: Truck,
  return: Undo2,
  cancellation: CircleX,
};
