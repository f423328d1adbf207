import { STATUS_DISPLAY, type Order, type Status } from "@ordercast/client";
import { useId, type ReactNode } from "react";

export interface OrderProgressProps {
  order: Pick<Order, "status" | "progress">;
  /** Accessible name of the bar. Default: `Order progress`. */
  label?: string;
  statusTexts?: Partial<Record<Status, string>>;
  className?: string | undefined;
  /** Class names of the parts. */
  classNames?: Partial<Record<"label" | "bar" | "status" | "percent", string | undefined>>;
}

/** A native progress bar with the status and the percentage. Style it by `data-status`, `data-part` or `classNames`. */
export function OrderProgress({
  order: { status, progress },
  label = "Order progress",
  statusTexts,
  className,
  classNames,
}: OrderProgressProps): ReactNode {
  const id = useId();
  const statusText = statusTexts?.[status] ?? STATUS_DISPLAY[status];
  return (
    <div className={className} data-ordercast="order-progress" data-status={status} data-progress={progress}>
      <label htmlFor={id} data-part="label" className={classNames?.label}>
        {label}
      </label>
      <progress
        id={id}
        value={progress}
        max={100}
        aria-valuetext={`${statusText}, ${progress}%`}
        data-part="bar"
        className={classNames?.bar}
      />
      <span aria-hidden="true" data-part="status" className={classNames?.status}>
        {statusText}
      </span>
      <span aria-hidden="true" data-part="percent" className={classNames?.percent}>
        {progress}%
      </span>
    </div>
  );
}
