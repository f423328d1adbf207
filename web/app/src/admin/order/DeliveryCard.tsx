import { Suspense } from "react";

import { lazyChunk } from "../../chunks/lazyChunk";
import { useConfig } from "../../api/config";
import { ErrorBoundary } from "../../layout/ErrorBoundary";
import { countryName } from "../../orders/address";
import { Card, RelativeTime, Skeleton, TextField } from "../../ui";
import type { Order } from "../data/types";
import { formatLocation, parseLocation } from "./fields";
import styles from "./OrderPage.module.css";
import type { OrderEditor } from "./useOrderEditor";

const LiveMap = lazyChunk(() => import("../../map/LiveMap"));

/** Expected time, delivery partner and location. The location is set on the map or as coordinates. */
export function DeliveryCard({ order, editor }: { order: Order; editor: OrderEditor }) {
  const { timeZone, location: store } = useConfig();
  const point = parseLocation(editor.value("location"));
  const lastLocation = order.delivery?.location;
  const field = (name: "partnerName" | "partnerPhone" | "location" | "estimatedDelivery") => ({
    value: editor.value(name),
    error: editor.errors[name],
    onChange: ({ target }: { target: { value: string } }) => editor.set(name, target.value),
  });
  return (
    <Card title="Delivery">
      <div className={styles.twoColumns}>
        <TextField
          label="Expected delivery"
          type="datetime-local"
          hint={`Store time (${timeZone.replace("_", " ")})`}
          {...field("estimatedDelivery")}
        />
        <TextField
          label="Location"
          inputMode="decimal"
          placeholder="Latitude, longitude"
          hint={
            lastLocation && editor.value("location") === formatLocation(lastLocation) ? (
              <LastSent at={lastLocation.at} />
            ) : (
              "Click the map or type coordinates."
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
        <ErrorBoundary fallback={<p>The map could not be loaded. Type the coordinates instead.</p>}>
          <Suspense fallback={<Skeleton height="100%" />}>
            <LiveMap
              label="Map: click to set the order’s location"
              location={point}
              fallbackCenter={store ?? undefined}
              fallbackCountry={countryName(order.shippingAddress?.country, "en") ?? undefined}
              onPick={(picked) => editor.set("location", formatLocation(picked))}
            />
          </Suspense>
        </ErrorBoundary>
      </div>
    </Card>
  );
}

function LastSent({ at }: { at: string }) {
  return (
    <>
      Sent to the customer <RelativeTime at={at} />
    </>
  );
}
