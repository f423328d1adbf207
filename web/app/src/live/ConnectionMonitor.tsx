import { useConnection, useNow } from "@ordercast/react";

import { useTimes } from "../time/useTimes";
import { Button } from "../ui";
import styles from "./ConnectionMonitor.module.css";
import { connectionLabel, TRANSPORT_LABELS } from "./labels";

/** The state of the live connection. `isDetailed` adds technical details, for staff. */
export function ConnectionMonitor({ isDetailed = false }: { isDetailed?: boolean }) {
  const connection = useConnection();
  const { state, transport, liveSince, lastUpdate, lastError, attempts, nextAttemptAt, recovered, reconnect } =
    connection;
  const now = useNow();
  const times = useTimes();
  return (
    <>
      <dl className={styles.facts} aria-live="polite">
        <div>
          <dt>Status</dt>
          <dd>{connectionLabel(connection)}</dd>
        </div>
        {isDetailed && (
          <>
            <div>
              <dt>Transport</dt>
              <dd>{transport ? TRANSPORT_LABELS[transport] : "None"}</dd>
            </div>
            <div>
              <dt>Live since</dt>
              <dd>{liveSince ? `${times.time(liveSince)}${recovered ? ", nothing missed" : ""}` : "Not connected"}</dd>
            </div>
          </>
        )}
        <div>
          <dt>Last update</dt>
          <dd>{lastUpdate ? times.moment(lastUpdate, now) : "None yet"}</dd>
        </div>
        <div>
          <dt>Reconnect attempts</dt>
          <dd className="tabular">
            {attempts}
            {nextAttemptAt !== null && nextAttemptAt > now && `, next at ${times.time(nextAttemptAt)}`}
          </dd>
        </div>
        <div>
          <dt>Last error</dt>
          <dd>{lastError ? `${lastError.message} (${times.moment(lastError.at, now)})` : "None"}</dd>
        </div>
      </dl>
      {/* Not during the first attempt, which is usually over at once. */}
      {state !== "live" && state !== "connecting" && (
        <Button wide size="sm" onClick={reconnect}>
          Reconnect now
        </Button>
      )}
    </>
  );
}
