import type { ReactNode } from "react";

import { statusAppearance, type Status, type Tone } from "../orders/status";
import styles from "./Badge.module.css";
import { cx } from "./cx";

export function Badge({
  tone = "neutral",
  className,
  children,
}: {
  tone?: Tone;
  className?: string | undefined;
  children: ReactNode;
}) {
  return <span className={cx(styles.badge, styles[tone], className)}>{children}</span>;
}

/** An order's status with its icon, color and label. A change is animated. */
export function StatusBadge({ status, className }: { status: Status; className?: string | undefined }) {
  const { icon: Icon, label, tone } = statusAppearance(status);
  return (
    <Badge tone={tone} className={className}>
      <span key={status} className={styles.status}>
        <Icon aria-hidden="true" />
        {label}
      </span>
    </Badge>
  );
}

/** The text of a count badge; use the same in the accessible name. */
export function formatCount(count: number): string {
  return count > 99 ? "99+" : String(count);
}

/** A small number on a corner. A change is animated. */
export function CountBadge({ count, className }: { count: number; className?: string | undefined }) {
  if (count <= 0) return null;
  return (
    <span key={count} className={cx(styles.count, "tabular", className)} aria-hidden="true">
      {formatCount(count)}
    </span>
  );
}
