import { useOrders } from "@ordercast/react";
import { useState } from "react";

import { PageHeading } from "../layout/PageHeading";
import { isStaff, useAccount } from "../session/session";
import { ConnectionCard } from "./ConnectionCard";
import { EventLog } from "./EventLog";
import styles from "./RealTimeTest.module.css";
import { SimulateCard } from "./SimulateCard";
import { TrackCard } from "./TrackCard";

/** `/real-time-test`: watch the connection, track an order, change it, and see the events arrive. */
export default function RealTimeTest() {
  const account = useAccount();
  const { orders } = useOrders();
  const [tracked, setTracked] = useState<string>();
  return (
    <>
      <PageHeading>Real-time test</PageHeading>
      <p className={styles.intro}>
        Open two windows side by side, one signed in as a customer and one as staff, to follow an order from both sides.
      </p>
      <div className={styles.columns}>
        <div className={styles.side}>
          <ConnectionCard />
          <TrackCard
            tracked={tracked}
            suggestions={orders
              .slice(0, 50)
              .map(({ number, customer }) => ({ number, customer: customer?.name ?? undefined }))}
            onStart={setTracked}
            onStop={() => setTracked(undefined)}
          />
          <SimulateCard order={tracked} isStaff={isStaff(account)} />
        </div>
        <EventLog />
      </div>
    </>
  );
}
