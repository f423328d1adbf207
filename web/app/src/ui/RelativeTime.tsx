import { RelativeTime as Base } from "@ordercast/react";

import { useTimes } from "../time/useTimes";

/** "3 minutes ago, 12:03" in the store's zone; updates itself. The tooltip has the date too. */
export function RelativeTime({ at, className }: { at: string; className?: string | undefined }) {
  const times = useTimes();
  return <Base at={at} format={times.moment} title={times.dateTime(at)} className={className} />;
}
