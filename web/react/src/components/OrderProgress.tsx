import { STATUS_DISPLAY, type Order, type Status } from "@ordercast/client";
import { useId, type ReactNode } from "react";

export interface OrderProgressProps {
  order: Pick<Order, "status" | "progress">;
  /** The name of the bar. Default: `Order progress`. */
  label?: string;
  statusTexts?: Partial<Record<Status, string>>;
  className?: string;
}

/** The progress of an order: a native progress bar and its percentage. Style it by `data-status`. */
export function OrderProgress({
  order,
  label = "Order progress",
  statusTexts,
  className,
}: OrderProgressProps): ReactNode {
  const id = useId();
  const { progress } = order;
  const status = statusTexts?.[order.status] ?? STATUS_DISPLAY[order.status];
  return (
    <div className={className} data-ordercast="order-progress" data-status={order.status} data-progress={progress}>
      <label htmlFor={id} data-part="label">
        {label}
      </label>
      <progress id={id} value={progress} max={100} aria-valuetext={`${status}, ${progress}%`} />
      <span aria-hidden="true" data-part="status">
        {status}
      </span>
      <span aria-hidden="true" data-part="percent">
        {progress}%
      </span>
    </div>
  );
}
