import { useOrdercast, useStore } from "@ordercast/react";

import { Banner, Button, formatTime } from "../ui";

/** Says that the page shows the last known state, and from when, while the server cannot be reached. */
export function OfflineBanner({ isStale, lastUpdate }: { isStale: boolean; lastUpdate: number | null }) {
  const { connection } = useOrdercast();
  const { state } = useStore(connection);
  if (!isStale && state !== "offline") return null;
  return (
    <div style={{ marginBottom: "var(--space-4)" }}>
      <Banner
        severity="warning"
        title="You’re offline"
        action={
          <Button size="sm" onClick={() => connection.reconnect()}>
            Try now
          </Button>
        }
      >
        {lastUpdate ? `Showing the last update from ${formatTime(lastUpdate)}` : "Showing the last known state"}; this
        page will catch up when you reconnect.
      </Banner>
    </div>
  );
}
