import { describeLine, type TimelineEvent, type TimelineLine } from "@ordercast/client";
import { useMemo, type ReactNode } from "react";
import { RelativeTime } from "./RelativeTime.js";

export interface OrderTimelineProps {
  /** From `useRealTimeOrderTracking`. */
  timeline: readonly TimelineEvent[];
  /** Default: newest first. */
  oldestFirst?: boolean;
  /** Whether to list each location of the delivery. Default: false. */
  showLocations?: boolean;
  /** The name of the list. Default: `Order timeline`. */
  label?: string;
  /** Replaces the labels of an entry. */
  describe?: (event: TimelineEvent) => TimelineLine;
  /** Shown before an entry. Screen readers skip it. */
  icon?: (event: TimelineEvent) => ReactNode;
  locale?: string;
  className?: string;
}

/** What happened to an order, when, and who did it. Style the entries by `data-kind` and `data-status`. */
export function OrderTimeline(props: OrderTimelineProps): ReactNode {
  const {
    timeline,
    oldestFirst = false,
    showLocations = false,
    label = "Order timeline",
    describe = describeLine,
    icon,
    locale,
    className,
  } = props;
  const shown = useMemo(() => {
    const lines = showLocations ? [...timeline] : timeline.filter((event) => event.kind !== "delivery.located");
    return oldestFirst ? lines : lines.reverse();
  }, [timeline, oldestFirst, showLocations]);
  return (
    <ol className={className} aria-label={label} data-ordercast="order-timeline" reversed={!oldestFirst}>
      {shown.map((event) => {
        const { title, details, who } = describe(event);
        return (
          <li key={event.id} data-kind={event.kind} data-status={event.status}>
            {icon === undefined ? null : (
              <span aria-hidden="true" data-part="icon">
                {icon(event)}
              </span>
            )}
            <span data-part="title">{title}</span>
            {details.map((detail) => (
              <span key={detail} data-part="detail">
                {detail}
              </span>
            ))}
            <span data-part="who">{who}</span>
            <RelativeTime at={event.at} {...(locale === undefined ? {} : { locale })} />
          </li>
        );
      })}
    </ol>
  );
}
