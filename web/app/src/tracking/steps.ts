import type { Order, TimelineEvent } from "@ordercast/client";

export interface Step {
  name: "placed" | "processing" | "shipped" | "delivered";
  label: string;
  state: "done" | "current" | "ahead";
  /** When it was reached. */
  at?: string;
}

/** From how many per cent each is reached; the server's own numbers. */
const STEPS = [
  { name: "placed", label: "Placed", from: 0 },
  { name: "processing", label: "Processing", from: 40 },
  { name: "shipped", label: "Shipped", from: 70 },
  { name: "delivered", label: "Delivered", from: 100 },
] as const;

/** The four steps of every order. A delivered one has nothing ahead, and nothing that is under way. */
export function stepsOf(
  order: Pick<Order, "createdAt" | "shipments">,
  progress: number,
  timeline: readonly TimelineEvent[],
): Step[] {
  const reached = STEPS.filter((step) => progress >= step.from).length;
  const out = order.shipments.some((parcel) => parcel.status === "out_for_delivery");
  return STEPS.map(({ name, label }, place) => {
    const state = place >= reached ? "ahead" : place === reached - 1 && progress < 100 ? "current" : "done";
    const at =
      name === "placed"
        ? order.createdAt
        : timeline.findLast((event) => event.status === name && event.previousStatus !== name)?.at;
    return {
      name,
      label: name === "shipped" && out && state === "current" ? "Out for delivery" : label,
      state,
      ...(at && state !== "ahead" && { at }),
    };
  });
}
