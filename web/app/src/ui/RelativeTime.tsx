import { RelativeTime as Base } from "@ordercast/react";

import { formatDateTime, formatRelative } from "./time";

/** "3 minutes ago"; updates itself. The exact time is the tooltip. */
export function RelativeTime({ at, className }: { at: string; className?: string | undefined }) {
  return <Base at={at} format={formatRelative} title={formatDateTime(at)} className={className} />;
}
