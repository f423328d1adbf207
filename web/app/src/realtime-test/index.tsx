import { useOrders } from "@ordercast/react";
import { useState } from "react";

import { PageHeading } from "../layout/PageHeading";
import { isStaff, useAccount } from "../session/session";
import { ConnectionCard } from "./ConnectionCard";
import { EventLog } from "./EventLog";
import styles from "./RealTimeTest.module.css";
import { SimulateCard } from "./SimulateCard";
import { TrackCard } from "./TrackCard";

/** `/real-time-test` (row C7): see the connection, follow an order, change it, and watch what arrives. */
export default function RealTimeTest() {
  const account = useAccount();
  const { orders } = useOrders();
  const [tracked, setTracked] = useState<string>();
  return (
    <>
      <PageHeading>Real-time test</PageHeading>
      <p className={styles.lead}>
        Two windows side by side, one signed in as a customer and one as staff, show the whole way of an order.
      </p>
      <div className={styles.columns}>
        <div className={styles.side}>
          <ConnectionCard />
          <TrackCard
            tracked={tracked}
            known={orders
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
