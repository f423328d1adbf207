import { useOrdercast } from "@ordercast/react";
import { Pause, Play, Radio, Trash2 } from "lucide-react";
import { useEffect, useReducer, useState } from "react";

import { TRANSPORT_LABELS } from "../live/labels";
import { useTimes } from "../time/useTimes";
import { Badge, Button, Card, Checkbox, EmptyState, Input } from "../ui";
import { summarizePayload, logReducer, EMPTY_LOG, shownEntries, type Entry } from "./log";
import styles from "./RealTimeTest.module.css";

/** Every message of the live connection. */
export function EventLog() {
  const { onMessage } = useOrdercast();
  const [log, dispatch] = useReducer(logReducer, EMPTY_LOG);
  const [query, setQuery] = useState("");
  const [showBackground, setShowBackground] = useState(false);

  useEffect(() => {
    let batch: Omit<Entry, "id">[] = [];
    let frame: number | undefined;
    const flush = () => {
      frame = undefined;
      dispatch({ type: "arrived", messages: batch });
      batch = [];
    };
    const stop = onMessage((message) => {
      batch.push(message);
      frame ??= requestAnimationFrame(flush);
    });
    return () => {
      stop();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [onMessage]);

  const shown = shownEntries(log.entries, query, showBackground);
  return (
    <Card
      title="Events"
      flush
      action={
        <div className={styles.tools}>
          <Button size="sm" aria-pressed={log.paused} onClick={() => dispatch({ type: "pause", paused: !log.paused })}>
            {log.paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
            {log.paused ? `Resume${log.missed > 0 ? ` (${log.missed})` : ""}` : "Pause"}
          </Button>
          <Button size="sm" onClick={() => dispatch({ type: "clear" })}>
            <Trash2 aria-hidden="true" />
            Clear
          </Button>
        </div>
      }
    >
      <div className={styles.filter}>
        <Input
          type="search"
          aria-label="Search events"
          placeholder="Event name, order number, or payload text"
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
        <label className={styles.showBackground}>
          <Checkbox checked={showBackground} onChange={({ target }) => setShowBackground(target.checked)} />
          Show heartbeats and counts
        </label>
      </div>
      {shown.length === 0 && (
        <EmptyState icon={Radio} title="No events yet">
          Events appear here with their payload. Place an order or set a status to see one.
        </EmptyState>
      )}
      <div className={styles.log} role="log" aria-label="Events, newest first" tabIndex={0}>
        <ol>
          {shown.map((entry) => (
            <EventRow key={entry.id} entry={entry} />
          ))}
        </ol>
      </div>
    </Card>
  );
}

function EventRow({ entry: { name, transport, receivedAt, payload } }: { entry: Entry }) {
  const times = useTimes();
  return (
    <li>
      <details className={styles.line}>
        <summary>
          <time dateTime={new Date(receivedAt).toISOString()}>{times.preciseTime(receivedAt)}</time>
          <code>{name}</code>
          <span className={styles.payloadSummary}>{summarizePayload(payload)}</span>
          <Badge>{TRANSPORT_LABELS[transport]}</Badge>
        </summary>
        <pre tabIndex={0} aria-label={`Payload of ${name}`}>
          {JSON.stringify(payload, null, 2) ?? "No payload"}
        </pre>
      </details>
    </li>
  );
}
