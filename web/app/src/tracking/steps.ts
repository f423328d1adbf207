import type { Order, TimelineEvent } from "@ordercast/client";

export interface Step {
  name: "placed" | "processing" | "shipped" | "delivered";
  label: string;
  state: "done" | "current" | "ahead";
  /** When the step was reached. */
  at?: string;
}

/** The progress in percent at which each step is reached, as computed by the server. */
const STEPS = [
  { name: "placed", label: "Placed", from: 0 },
  { name: "processing", label: "Processing", from: 40 },
  { name: "shipped", label: "Shipped", from: 70 },
  { name: "delivered", label: "Delivered", from: 100 },
] as const;

/** When the order got its status; undefined while the history is unknown. */
export function statusSince({ status }: Pick<Order, "status">, timeline: readonly TimelineEvent[]): string | undefined {
  return timeline.findLast(
    (event) => event.status === status && (event.kind === "order.created" || event.previousStatus !== status),
  )?.at;
}

/** The four steps of an order. For a delivered order all of them are done. */
export function stepsOf(
  { createdAt, shipments, progress }: Pick<Order, "createdAt" | "shipments" | "progress">,
  timeline: readonly TimelineEvent[],
): Step[] {
  const reached = STEPS.filter((step) => progress >= step.from).length;
  const isOutForDelivery = shipments.some((parcel) => parcel.status === "out_for_delivery");
  return STEPS.map(({ name, label }, index) => {
    const state = index >= reached ? "ahead" : index === reached - 1 && progress < 100 ? "current" : "done";
    const at =
      name === "placed"
        ? createdAt
        : timeline.findLast((event) => event.status === name && event.previousStatus !== name)?.at;
    return {
      name,
      label: name === "shipped" && isOutForDelivery && state === "current" ? "Out for delivery" : label,
      state,
      ...(at && state !== "ahead" && { at }),
    };
  });
}
