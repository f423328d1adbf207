import { useOrdercast, useStore } from "@ordercast/react";

import { Banner, Button, formatClock } from "../ui";
import { formatRelative } from "../ui/time";
import { useNow } from "../ui/useNow";

/** Says that what is shown is the last state known, and of when, while nobody answers. */
export function OfflineNote({ isStale, lastUpdate }: { isStale: boolean; lastUpdate: number | null }) {
  const { connection } = useOrdercast();
  const { state } = useStore(connection);
  const now = useNow();
  if (!isStale && state !== "offline") return null;
  return (
    <div style={{ marginBottom: "var(--space-4)" }}>
      <Banner
        severity="warning"
        title="You are offline: this is the last known state"
        action={
          <Button size="sm" onClick={() => connection.reconnect()}>
            Try now
          </Button>
        }
      >
        {lastUpdate ? `As of ${formatClock(lastUpdate)}, ${formatRelative(lastUpdate, now)}. ` : ""}It follows by itself
        once you are back.
      </Banner>
    </div>
  );
}
