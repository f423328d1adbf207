import type { TimelineEvent } from "@ordercast/client";

import { Card, Skeleton } from "../ui";
import { Timeline } from "./Timeline";

export function TimelineCard({ events }: { events: readonly TimelineEvent[] }) {
  return (
    <Card title="Order history">{events.length > 0 ? <Timeline events={events} /> : <Skeleton height="6rem" />}</Card>
  );
}
