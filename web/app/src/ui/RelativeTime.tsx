import { formatMoment, formatRelative } from "./time";
import { useNow } from "./useNow";

/** "3 minutes ago", and it stays true. The exact time is its tooltip. */
export function RelativeTime({ at, className }: { at: string; className?: string | undefined }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatMoment(at)} className={className}>
      {formatRelative(Date.parse(at), now)}
    </time>
  );
}
