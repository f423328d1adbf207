import { lazy, Suspense } from "react";

import { useConfig } from "../../api/config";
import { Card, RelativeTime, Skeleton, TextField } from "../../ui";
import type { Order } from "../data/types";
import { formatPlace, parsePlace } from "./fields";
import styles from "./OrderPage.module.css";
import type { OrderEditor } from "./useOrderEditor";

const LiveMap = lazy(() => import("../../map/LiveMap"));

/** When it comes, who brings it, and where they are: by clicking the map, or as numbers. */
export function DeliveryCard({ order, editor }: { order: Order; editor: OrderEditor }) {
  const { timeZone } = useConfig();
  const place = parsePlace(editor.value("location"));
  const told = order.delivery?.location;
  const field = (name: "partnerName" | "partnerPhone" | "location" | "estimatedDelivery") => ({
    value: editor.value(name),
    error: editor.errors[name],
    onChange: ({ target }: { target: { value: string } }) => editor.set(name, target.value),
  });
  return (
    <Card title="Delivery">
      <div className={styles.pair}>
        <TextField
          label="Expected delivery"
          type="datetime-local"
          hint={`The store’s time (${timeZone.replace("_", " ")})`}
          {...field("estimatedDelivery")}
        />
        <TextField
          label="Location"
          inputMode="decimal"
          placeholder="Latitude, longitude"
          hint={
            told && editor.value("location") === formatPlace(told) ? (
              <Seen at={told.at} />
            ) : (
              "Click the map, or write it here."
            )
          }
          {...field("location")}
        />
        <TextField
          label="Delivery partner"
          placeholder="Name of the driver or carrier"
          maxLength={120}
          autoComplete="off"
          {...field("partnerName")}
        />
        <TextField
          label="Partner’s phone"
          type="tel"
          maxLength={40}
          autoComplete="off"
          optional
          {...field("partnerPhone")}
        />
      </div>
      <div className={styles.map}>
        <Suspense fallback={<Skeleton height="100%" />}>
          <LiveMap
            label="Map: click to set where the order is"
            place={place}
            onPick={(picked) => editor.set("location", formatPlace(picked))}
          />
        </Suspense>
      </div>
    </Card>
  );
}

function Seen({ at }: { at: string }) {
  return (
    <>
      Told <RelativeTime at={at} />
    </>
  );
}
