import type { NotificationCategory } from "@ordercast/client";
import { CircleX, CreditCard, Package, Truck, Undo2, type LucideIcon } from "lucide-react";

/** The filters of the notification center. */
export const CATEGORIES: { value: NotificationCategory | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "order", label: "Orders" },
  { value: "delivery", label: "Delivery" },
  { value: "payment", label: "Payments" },
  { value: "cancellation", label: "Cancelled" },
  { value: "return", label: "Returns" },
];

export const CATEGORY_ICONS: Record<NotificationCategory, LucideIcon> = {
  order: Package,
  payment: CreditCard,
  delivery: Truck,
  return: Undo2,
  cancellation: CircleX,
};
