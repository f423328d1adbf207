import type { ReactNode } from "react";

import { statusLook, type Status, type Tone } from "../orders/status";
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

/** An order's status: its icon, its colour, its word. Another status springs in. */
export function StatusBadge({ status, className }: { status: Status; className?: string | undefined }) {
  const { icon: Icon, label, tone } = statusLook(status);
  return (
    <Badge tone={tone} className={className}>
      <span key={status} className={styles.status}>
        <Icon aria-hidden="true" />
        {label}
      </span>
    </Badge>
  );
}

/** A number as a badge shows it; the name of what has the badge says the same. */
export function countText(count: number): string {
  return count > 99 ? "99+" : String(count);
}

/** A small number on a corner. Pops when it rises. */
export function CountBadge({ count, className }: { count: number; className?: string | undefined }) {
  if (count <= 0) return null;
  return (
    <span key={count} className={cx(styles.count, "tabular", className)} aria-hidden="true">
      {countText(count)}
    </span>
  );
}
