import { usePresence, useRealTimeOrderTracking } from "@ordercast/react";
import { useState } from "react";

import { Banner, Button, Card, Field, Input, RelativeTime, StatusBadge } from "../ui";
import styles from "./RealTimeTest.module.css";

export interface TrackCardProps {
  /** The order tracked now. */
  tracked: string | undefined;
  /** Suggestions for the order field. */
  suggestions: readonly { number: string; customer?: string | undefined }[];
  onStart: (order: string) => void;
  onStop: () => void;
}

/** Joins and leaves the room of one order. */
export function TrackCard({ tracked, suggestions, onStart, onStop }: TrackCardProps) {
  const [order, setOrder] = useState(suggestions[0]?.number ?? "");
  return (
    <Card title="Track an order">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const orderRef = order.trim().replace(/^#/, "");
          if (orderRef !== "") onStart(orderRef);
        }}
      >
        <Field label="Order" hint="Order number or ID.">
          {(controlProps) => (
            <Input
              {...controlProps}
              list="orders-suggestions"
              autoComplete="off"
              spellCheck={false}
              placeholder="10231"
              value={order}
              onChange={({ target }) => setOrder(target.value)}
            />
          )}
        </Field>
        <datalist id="orders-suggestions">
          {suggestions.map(({ number, customer }) => (
            <option key={number} value={number}>
              {customer}
            </option>
          ))}
        </datalist>
        <div className={styles.buttons}>
          <Button type="submit" variant="primary" disabled={order.trim() === "" || order.trim() === tracked}>
            Start tracking
          </Button>
          <Button disabled={tracked === undefined} onClick={onStop}>
            Stop tracking
          </Button>
        </div>
      </form>
      <div role="status" className={styles.state}>
        {tracked === undefined ? (
          <p className={styles.text}>No order is tracked.</p>
        ) : (
          <Tracked key={tracked} order={tracked} />
        )}
      </div>
    </Card>
  );
}

function Tracked({ order: orderRef }: { order: string }) {
  const { order, isMissing, error } = useRealTimeOrderTracking(orderRef);
  const { isJoined, error: refused } = usePresence(orderRef);
  if (isMissing)
    return (
      <Banner severity="error" title={`Order ${orderRef} not found`}>
        It does not exist, or you don’t have access.
      </Banner>
    );
  if (refused ?? error) return <Banner severity="error">{(refused ?? error)?.detail}</Banner>;
  if (!order) return <p className={styles.text}>Joining #{orderRef}…</p>;
  return (
    <dl className={styles.tracked}>
      <div>
        <dt>Tracking</dt>
        <dd>#{order.number}</dd>
      </div>
      <div>
        <dt>Room</dt>
        <dd>{isJoined ? "Joined" : "Not joined"}</dd>
      </div>
      <div>
        <dt>Status</dt>
        <dd>
          <StatusBadge status={order.status} />
        </dd>
      </div>
      <div>
        <dt>Version</dt>
        <dd className="tabular">{order.version}</dd>
      </div>
      <div>
        <dt>Updated</dt>
        <dd>
          <RelativeTime at={order.updatedAt} />
        </dd>
      </div>
    </dl>
  );
}
