import { useOrdercast, useStore } from "@ordercast/react";

import { useTimes } from "../time/useTimes";
import { Banner, Button } from "../ui";
import styles from "./OfflineBanner.module.css";

export interface OfflineBannerProps {
  /** The page shows a state that was stored, or that could not be read again. */
  isStale: boolean;
  /** When that state was current, in milliseconds since 1970. Default: when the last live update arrived. */
  at?: number | null | undefined;
  /** Reads again what could not be read. */
  onRetry?: () => void;
}

/** Says that the page shows the last known state, and from when, while the server cannot be reached. */
export function OfflineBanner({ isStale, at, onRetry }: OfflineBannerProps) {
  const { connection } = useOrdercast();
  const { state, lastUpdate } = useStore(connection);
  const times = useTimes();
  if (!isStale && state !== "offline") return null;
  // Without a loss since, the live connection has confirmed what was read before.
  const asOf = isStale ? (at ?? lastUpdate) : Math.max(at ?? 0, lastUpdate ?? 0);
  return (
    <div className={styles.banner}>
      <Banner
        severity="warning"
        title={navigator.onLine ? "The latest state could not be loaded" : "You’re offline"}
        action={
          <Button
            size="sm"
            onClick={() => {
              if (state !== "idle") connection.reconnect();
              onRetry?.();
            }}
          >
            Try now
          </Button>
        }
      >
        {asOf ? `This is the last known state, from ${times.dateTime(asOf)}.` : "This is the last known state."} The
        page updates when the connection is back.
      </Banner>
    </div>
  );
}
