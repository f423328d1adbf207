import { usePresence, useRealTimeOrderTracking } from "@ordercast/react";
import { useState } from "react";

import { Banner, Button, Card, Field, Input, RelativeTime, StatusBadge } from "../ui";
import styles from "./RealTimeTest.module.css";

export interface TrackCardProps {
  /** The order that is tracked now. */
  tracked: string | undefined;
  /** Orders to choose from. */
  known: readonly { number: string; customer?: string | undefined }[];
  onStart: (order: string) => void;
  onStop: () => void;
}

/** Joins the room of one order, and leaves it. */
export function TrackCard({ tracked, known, onStart, onStop }: TrackCardProps) {
  const [order, setOrder] = useState(known[0]?.number ?? "");
  return (
    <Card title="Track an order">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const named = order.trim().replace(/^#/, "");
          if (named !== "") onStart(named);
        }}
      >
        <Field label="Order" hint="Its number or id.">
          {(bound) => (
            <Input
              {...bound}
              list="orders-known"
              autoComplete="off"
              spellCheck={false}
              placeholder="10231"
              value={order}
              onChange={({ target }) => setOrder(target.value)}
            />
          )}
        </Field>
        <datalist id="orders-known">
          {known.map(({ number, customer }) => (
            <option key={number} value={number}>
              {customer}
            </option>
          ))}
        </datalist>
        <div className={styles.buttons}>
          <Button type="submit" look="primary" disabled={order.trim() === "" || order.trim() === tracked}>
            Start tracking
          </Button>
          <Button disabled={tracked === undefined} onClick={onStop}>
            Stop tracking
          </Button>
        </div>
      </form>
      <div role="status" className={styles.state}>
        {tracked === undefined ? (
          <p className={styles.words}>Nothing is tracked.</p>
        ) : (
          <Tracked key={tracked} order={tracked} />
        )}
      </div>
    </Card>
  );
}

function Tracked({ order: named }: { order: string }) {
  const { order, isMissing, error } = useRealTimeOrderTracking(named);
  const { isJoined, error: refused } = usePresence(named);
  if (isMissing)
    return (
      <Banner severity="error" title={`No order ${named}`}>
        There is none, or it is none of yours.
      </Banner>
    );
  if (refused ?? error) return <Banner severity="error">{(refused ?? error)?.detail}</Banner>;
  if (!order) return <p className={styles.words}>Joining #{named} …</p>;
  return (
    <dl className={styles.tracked}>
      <div>
        <dt>Tracking</dt>
        <dd>#{order.number}</dd>
      </div>
      <div>
        <dt>Room</dt>
        <dd>{isJoined ? "Joined" : "Not joined now"}</dd>
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
        <dt>Changed</dt>
        <dd>
          <RelativeTime at={order.updatedAt} />
        </dd>
      </div>
    </dl>
  );
}
