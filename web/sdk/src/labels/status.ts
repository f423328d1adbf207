import type { Severity, Status } from "../model.js";

/** In the order in which an order usually passes through them. */
export const STATUSES = [
  "pending",
  "processing",
  "shipped",
  "paid",
  "delivered",
  "cancelled",
] as const satisfies readonly Status[];

/** Labels for people. */
export const STATUS_DISPLAY: Readonly<Record<Status, string>> = {
  pending: "Pending",
  processing: "Processing",
  shipped: "Shipped",
  paid: "Paid",
  delivered: "Delivered",
  cancelled: "Cancelled",
};

/** The color of each status: `info` is blue, `success` green, `warning` yellow. */
export const STATUS_SEVERITY: Readonly<Record<Status, Severity>> = {
  pending: "info",
  processing: "info",
  shipped: "info",
  paid: "success",
  delivered: "success",
  cancelled: "warning",
};

/** Whether an order with this status is finished. */
export function isFinal(status: Status): boolean {
  return status === "delivered" || status === "cancelled";
}
