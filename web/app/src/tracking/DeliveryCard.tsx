import type { Order, Shipment } from "@ordercast/client";
import { Phone } from "lucide-react";
import { lazy, Suspense } from "react";

import { Avatar, Badge, Card, RelativeTime, Skeleton } from "../ui";
import { ErrorBoundary } from "../layout/ErrorBoundary";
import type { Tone } from "../orders/status";
import styles from "./DeliveryCard.module.css";

const LiveMap = lazy(() => import("../map/LiveMap"));

const PARCELS: Record<Shipment["status"], { words: string; tone: Tone }> = {
  packed: { words: "Packed", tone: "neutral" },
  shipped: { words: "On its way", tone: "info" },
  out_for_delivery: { words: "Out for delivery", tone: "info" },
  attempted: { words: "Nobody was there", tone: "warning" },
  delivered: { words: "Delivered", tone: "success" },
  returned: { words: "Came back", tone: "warning" },
};

/** Who brings it, how to reach them, and where they are. */
export function DeliveryCard({ order }: { order: Order }) {
  const { partner, location } = order.delivery ?? {};
  const parcels = order.shipments.length > 1 ? order.shipments : [];
  // Where somebody was is nobody's business once the order is there.
  const place = location && order.status !== "delivered" && order.status !== "cancelled" ? location : undefined;
  if (!partner && !place && parcels.length === 0) return null;
  return (
    <Card title="Delivery" flush>
      {place && (
        <div className={styles.map}>
          <ErrorBoundary instead={<p className={styles.none}>The map cannot be loaded right now.</p>}>
            <Suspense fallback={<Skeleton height="100%" />}>
              <LiveMap label="Map: where your order is" place={place} />
            </Suspense>
          </ErrorBoundary>
          <p className={styles.seen}>
            Seen here <RelativeTime at={place.at} />
          </p>
        </div>
      )}
      {partner && (
        <div className={styles.partner}>
          <Avatar name={partner.name} />
          <div className={styles.words}>
            <p className={styles.name}>{partner.name}</p>
            <p className={styles.role}>{order.status === "delivered" ? "Brought your order" : "Brings your order"}</p>
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
              <Badge tone={PARCELS[status].tone}>{PARCELS[status].words}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
