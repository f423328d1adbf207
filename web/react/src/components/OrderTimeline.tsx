import { describeLine, type TimelineEvent, type TimelineLine } from "@ordercast/client";
import { useMemo, type ReactNode } from "react";
import { RelativeTime } from "./RelativeTime.js";

export interface OrderTimelineProps {
  /** As returned by `useRealTimeOrderTracking`. */
  timeline: readonly TimelineEvent[];
  /** Default: newest first. */
  oldestFirst?: boolean;
  /** Includes location updates. Default: no, a map shows them better. */
  showLocations?: boolean;
  /** Accessible name of the list. Default: `Order timeline`. */
  label?: string;
  /** The texts of an event. Default: `describeLine`. */
  describe?: (event: TimelineEvent) => TimelineLine;
  /** Rendered before an event, hidden from screen readers. */
  icon?: (event: TimelineEvent) => ReactNode;
  /** Renders the time of an event. Default: `RelativeTime`. */
  renderTime?: (at: string) => ReactNode;
  locale?: string;
  className?: string | undefined;
  /** Class names of the parts. */
  classNames?: Partial<Record<"item" | "icon" | "title" | "detail" | "meta" | "who", string | undefined>>;
}

/**
 * The history of an order, with times and who did it; screen readers announce new events. Style the items by `data-kind`,
 * `data-status`, `data-part` or `classNames`.
 */
export function OrderTimeline(props: OrderTimelineProps): ReactNode {
  const {
    timeline,
    oldestFirst = false,
    showLocations = false,
    label = "Order timeline",
    describe = describeLine,
    icon,
    locale,
    renderTime = (at) => <RelativeTime at={at} {...(locale === undefined ? {} : { locale })} />,
    className,
    classNames,
  } = props;
  const shown = useMemo(() => {
    const events = showLocations ? [...timeline] : timeline.filter((event) => event.kind !== "delivery.located");
    return oldestFirst ? events : events.reverse();
  }, [timeline, oldestFirst, showLocations]);
  return (
    <ol
      className={className}
      aria-label={label}
      aria-live="polite"
      aria-relevant="additions"
      data-ordercast="order-timeline"
      reversed={!oldestFirst}
    >
      {shown.map((event) => {
        const { title, details, who } = describe(event);
        return (
          <li key={event.id} data-kind={event.kind} data-status={event.status} className={classNames?.item}>
            {icon === undefined ? null : (
              <span aria-hidden="true" data-part="icon" className={classNames?.icon}>
                {icon(event)}
              </span>
            )}
            <span data-part="title" className={classNames?.title}>
              {title}
            </span>
            {details.map((detail) => (
              <span key={detail} data-part="detail" className={classNames?.detail}>
                {detail}
              </span>
            ))}
            <span data-part="meta" className={classNames?.meta}>
              <span data-part="who" className={classNames?.who}>
                {who}
              </span>{" "}
              {renderTime(event.at)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
