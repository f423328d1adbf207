import { useOrdercast } from "@ordercast/react";
import { Pause, Play, Radio, Trash2 } from "lucide-react";
import { useEffect, useReducer, useState } from "react";

import { Badge, Button, Card, Checkbox, EmptyState, Input } from "../ui";
import { glimpse, logged, NO_LOG, shownEntries, type Entry } from "./log";
import styles from "./RealTimeTest.module.css";

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

/** Everything that arrives over the live connection, as it arrives. */
export function EventLog() {
  const { onMessage } = useOrdercast();
  const [log, change] = useReducer(logged, NO_LOG);
  const [words, setWords] = useState("");
  const [quiet, setQuiet] = useState(false);

  useEffect(() => {
    let waiting: Omit<Entry, "id">[] = [];
    let frame: number | undefined;
    const flush = () => {
      frame = undefined;
      change({ type: "arrived", messages: waiting });
      waiting = [];
    };
    const stop = onMessage((message) => {
      waiting.push(message);
      frame ??= requestAnimationFrame(flush);
    });
    return () => {
      stop();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [onMessage]);

  const shown = shownEntries(log.entries, words, quiet);
  return (
    <Card
      title="Events"
      flush
      action={
        <div className={styles.tools}>
          <Button size="sm" aria-pressed={log.paused} onClick={() => change({ type: "pause", paused: !log.paused })}>
            {log.paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
            {log.paused ? `Go on${log.missed > 0 ? ` (${log.missed})` : ""}` : "Pause"}
          </Button>
          <Button size="sm" onClick={() => change({ type: "clear" })}>
            <Trash2 aria-hidden="true" />
            Clear
          </Button>
        </div>
      }
    >
      <div className={styles.filter}>
        <Input
          type="search"
          aria-label="Search the events"
          placeholder="Name, order number, anything in the payload"
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
        <label className={styles.quiet}>
          <Checkbox checked={quiet} onChange={({ target }) => setQuiet(target.checked)} />
          Heartbeats and counts too
        </label>
      </div>
      {shown.length === 0 && (
        <EmptyState icon={Radio} title="Nothing yet">
          What arrives appears here with its payload. Place an order, or set a status.
        </EmptyState>
      )}
      <div className={styles.log} role="log" aria-label="Events, newest first" tabIndex={0}>
        <ol>
          {shown.map((entry) => (
            <Line key={entry.id} entry={entry} />
          ))}
        </ol>
      </div>
    </Card>
  );
}

function Line({ entry: { name, transport, receivedAt, payload } }: { entry: Entry }) {
  return (
    <li>
      <details className={styles.line}>
        <summary>
          <time dateTime={new Date(receivedAt).toISOString()}>{clock.format(receivedAt)}</time>
          <code>{name}</code>
          <span className={styles.glimpse}>{glimpse(payload)}</span>
          <Badge>{transport}</Badge>
        </summary>
        <pre tabIndex={0} aria-label={`Payload of ${name}`}>
          {JSON.stringify(payload, null, 2) ?? "No payload"}
        </pre>
      </details>
    </li>
  );
}
