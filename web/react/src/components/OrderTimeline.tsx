import { describeLine, type TimelineEvent, type TimelineLine } from "@ordercast/client";
import { useMemo, type ReactNode } from "react";
import { RelativeTime } from "./RelativeTime.js";

export interface OrderTimelineProps {
  /** As `useRealTimeOrderTracking` gives it. */
  timeline: readonly TimelineEvent[];
  /** Default: newest first. */
  oldestFirst?: boolean;
  /** Each place of the delivery too. Default: no, a map shows them better. */
  showLocations?: boolean;
  /** What the list is called. Default: `Order timeline`. */
  label?: string;
  /** Other words for a line. */
  describe?: (event: TimelineEvent) => TimelineLine;
  /** Stands before a line, such as an icon; screen readers skip it. */
  icon?: (event: TimelineEvent) => ReactNode;
  locale?: string;
  className?: string;
}

/** What happened to an order, when, and who did it (row D10). Style the lines by `data-kind` and `data-status`. */
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
