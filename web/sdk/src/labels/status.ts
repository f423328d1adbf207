import type { Order, Severity, Status } from "../model.js";

/** In the order in which an order usually goes through them. */
export const STATUSES = [
  "pending",
  "processing",
  "shipped",
  "paid",
  "delivered",
  "cancelled",
] as const satisfies readonly Status[];

/** What people read. */
export const STATUS_DISPLAY: Readonly<Record<Status, string>> = {
  pending: "Pending",
  processing: "Processing",
  shipped: "Shipped",
  paid: "Paid",
  delivered: "Delivered",
  cancelled: "Cancelled",
};

/** Row B3: processing and shipped blue, paid and delivered green, cancelled yellow. */
export const STATUS_SEVERITY: Readonly<Record<Status, Severity>> = {
  pending: "info",
  processing: "info",
  shipped: "info",
  paid: "success",
  delivered: "success",
  cancelled: "warning",
};

/** Whether nothing follows. */
export function isFinal(status: Status): boolean {
  return status === "delivered" || status === "cancelled";
}

/** Per cent of the way (row D9), as the server reckons it: `paid` is as far as the parcels are. */
export function progressOf({ status, shipments }: Pick<Order, "status" | "shipments">): number {
  const on = (state: Order["shipments"][number]["status"]) => shipments.some((shipment) => shipment.status === state);
  switch (status) {
    case "cancelled":
      return 0;
    case "pending":
      return 10;
    case "processing":
      return 40;
    case "delivered":
      return 100;
    case "shipped":
      return on("out_for_delivery") ? 85 : 70;
    case "paid":
      if (on("out_for_delivery")) return 85;
      return shipments.some((shipment) => shipment.status !== "packed") ? 70 : 10;
  }
}
