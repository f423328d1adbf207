import type { Order, Shipment } from "@ordercast/client";
import { Phone } from "lucide-react";
import { Suspense } from "react";

import { lazyChunk } from "../chunks/lazyChunk";
import { Avatar, Badge, Card, RelativeTime, Skeleton } from "../ui";
import { ErrorBoundary } from "../layout/ErrorBoundary";
import type { Tone } from "../orders/status";
import styles from "./DeliveryCard.module.css";

const LiveMap = lazyChunk(() => import("../map/LiveMap"));

const PARCEL_LABELS: Record<Shipment["status"], { label: string; tone: Tone }> = {
  packed: { label: "Packed", tone: "neutral" },
  shipped: { label: "On its way", tone: "info" },
  out_for_delivery: { label: "Out for delivery", tone: "info" },
  attempted: { label: "Delivery attempted", tone: "warning" },
  delivered: { label: "Delivered", tone: "success" },
  returned: { label: "Returned", tone: "warning" },
};

/** The delivery partner, their phone number and their location. */
export function DeliveryCard({ order }: { order: Order }) {
  const { partner, location: lastLocation } = order.delivery ?? {};
  const parcels = order.shipments.length > 1 ? order.shipments : [];
  // The location is hidden once the order is closed.
  const location =
    lastLocation && order.status !== "delivered" && order.status !== "cancelled" ? lastLocation : undefined;
  if (!partner && !location && parcels.length === 0) return null;
  return (
    <Card title="Delivery" flush>
      {location && (
        <div className={styles.map}>
          <ErrorBoundary fallback={<p className={styles.none}>The map could not be loaded.</p>}>
            <Suspense fallback={<Skeleton height="100%" />}>
              <LiveMap label="Map: where your order is" location={location} />
            </Suspense>
          </ErrorBoundary>
          <p className={styles.locatedAt}>
            Location updated <RelativeTime at={location.at} />
          </p>
        </div>
      )}
      {partner && (
        <div className={styles.partner}>
          <Avatar name={partner.name} />
          <div className={styles.text}>
            <p className={styles.name}>{partner.name}</p>
            <p className={styles.role}>
              {order.status === "delivered" ? "Delivered your order" : "Is delivering your order"}
            </p>
          </div>
          {partner.phone && (
            <a
              className={styles.call}
              href={`tel:${partner.phone.replace(/[^+\d]/g, "")}`}
              aria-label={`Call ${partner.name}, ${partner.phone}`}
            >
              <Phone aria-hidden="true" />
              <span>{partner.phone}</span>
            </a>
          )}
        </div>
      )}
      {parcels.length > 0 && (
        <ul className={styles.parcels}>
          {parcels.map(({ parcel, status }) => (
            <li key={parcel}>
              Parcel {parcel} of {parcels.length}
              <Badge tone={PARCEL_LABELS[status].tone}>{PARCEL_LABELS[status].label}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
