import { isFinal, STATUSES } from "@ordercast/client";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { formatInteger, formatMoney } from "../../ui";
import type { Stats } from "../data/types";
import { formatDuration } from "./series";
import styles from "./Tiles.module.css";

const OPEN_STATUSES = STATUSES.filter((status) => !isFinal(status));

export interface TilesProps {
  stats: Stats | undefined;
  /** The figures could not be loaded. */
  hasFailed: boolean;
  deliveryTime: { median: number; p90: number } | null | undefined;
  period: string;
}

/** Today's figures. A value that changes is animated. */
export function Tiles({ stats, hasFailed, deliveryTime, period }: TilesProps) {
  const today = stats?.today;
  const missing = hasFailed ? "–" : "…";
  const money = (amounts: Stats["revenue"] | undefined) =>
    amounts && (amounts.length > 0 ? amounts.map(formatMoney).join(" + ") : "–");
  return (
    <ul className={styles.tiles} aria-label="Today">
      <Tile
        missing={missing}
        label="Orders today"
        value={today && formatInteger(today.orders)}
        href="/admin?period=today"
      />
      <Tile missing={missing} label="Revenue today" value={money(today?.revenue)} />
      <Tile
        missing={missing}
        label="To process"
        value={stats && formatInteger(stats.byStatus.pending)}
        href="/admin?status=pending&sort=oldest"
      />
      <Tile
        missing={missing}
        label="Active"
        value={stats && formatInteger(stats.active)}
        href={`/admin?status=${OPEN_STATUSES.join(",")}`}
      />
      <Tile missing={missing} label="Delivered today" value={today && formatInteger(today.delivered)} />
      <Tile missing={missing} label="Cancelled today" value={today && formatInteger(today.cancelled)} />
      <Tile
        missing={missing}
        label={`Median delivery time, ${period}`}
        value={deliveryTime === undefined ? undefined : deliveryTime ? formatDuration(deliveryTime.median) : "–"}
      >
        {deliveryTime && `90 % within ${formatDuration(deliveryTime.p90)}`}
      </Tile>
      <Tile missing={missing} label="All-time orders" value={stats && formatInteger(stats.total)} />
    </ul>
  );
}

function Tile({
  label,
  value,
  missing,
  href,
  children,
}: {
  label: string;
  value: string | undefined;
  /** Shown instead of a missing value. */
  missing: string;
  href?: string;
  children?: ReactNode;
}) {
  const content = (
    <>
      <span className={styles.label}>{label}</span>
      <span key={value} className={styles.value}>
        {value ?? missing}
      </span>
      <span className={styles.more}>{children}</span>
    </>
  );
  return (
    <li>
      {href ? (
        <Link href={href} className={styles.tile}>
          {content}
        </Link>
      ) : (
        <div className={styles.tile}>{content}</div>
      )}
    </li>
  );
}
