import type { TimelineEvent } from "@ordercast/client";

import { Card, Skeleton } from "../ui";
import { Timeline } from "./Timeline";

/** `isUnknown`: the history was never loaded on this device, and cannot be loaded now. */
export function TimelineCard({ events, isUnknown }: { events: readonly TimelineEvent[]; isUnknown: boolean }) {
  return (
    <Card title="Order history">
      {events.length > 0 ? (
        <Timeline events={events} />
      ) : isUnknown ? (
        <p>The history appears when the connection is back.</p>
      ) : (
        <Skeleton height="6rem" />
      )}
    </Card>
  );
}
