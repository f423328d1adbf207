import { formatDateTime, formatRelative } from "./time";
import { useNow } from "./useNow";

/** "3 minutes ago"; updates itself. The exact time is the tooltip. */
export function RelativeTime({ at, className }: { at: string; className?: string | undefined }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatDateTime(at)} className={className}>
      {formatRelative(Date.parse(at), now)}
    </time>
  );
}
