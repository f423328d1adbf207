import { useConnection } from "@ordercast/react";

import { Button, formatClock, formatMoment, useNow } from "../ui";
import { formatRelative } from "../ui/time";
import styles from "./ConnectionMonitor.module.css";
import { livenessOf } from "./words";

const WAYS = { socket: "Socket.IO", sse: "Server-sent events", polling: "Polling every 5 seconds" };

/** How the live connection is, for those who want to know (row D13). */
export function ConnectionMonitor() {
  const { state, transport, liveSince, lastUpdate, lastError, attempts, nextAttemptAt, recovered, reconnect } =
    useConnection();
  const now = useNow();
  const { word } = livenessOf(state);
  return (
    <>
      <dl className={styles.facts} aria-live="polite">
        <div>
          <dt>State</dt>
          <dd>{word}</dd>
        </div>
        <div>
          <dt>Over</dt>
          <dd>{transport ? WAYS[transport] : "Nothing yet"}</dd>
        </div>
        <div>
          <dt>Live since</dt>
          <dd>{liveSince ? `${formatClock(liveSince)}${recovered ? ", nothing missed" : ""}` : "Not now"}</dd>
        </div>
        <div>
          <dt>Last update</dt>
          <dd title={lastUpdate ? formatMoment(lastUpdate) : undefined}>
            {lastUpdate ? formatRelative(lastUpdate, now) : "None yet"}
          </dd>
        </div>
        <div>
          <dt>Attempts to reconnect</dt>
          <dd className="tabular">
            {attempts}
            {nextAttemptAt !== null && nextAttemptAt > now && `, next at ${formatClock(nextAttemptAt)}`}
          </dd>
        </div>
        <div>
          <dt>Last error</dt>
          <dd>{lastError ? `${lastError.message} (${formatRelative(lastError.at, now)})` : "None"}</dd>
        </div>
      </dl>
      {state !== "live" && (
        <Button wide size="sm" onClick={reconnect}>
          Reconnect now
        </Button>
      )}
    </>
  );
}
