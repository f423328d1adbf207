import { STATUSES } from "@ordercast/client";
import { Link } from "wouter";

import { statusAppearance } from "../../orders/status";
import { Card, cx, formatInteger } from "../../ui";
import type { Stats } from "../data/types";
import styles from "./Lists.module.css";

/** The number of orders in each status. Each row links to those orders. */
export function StatusBars({ stats }: { stats: Stats | undefined }) {
  const most = Math.max(1, ...STATUSES.map((status) => stats?.byStatus[status] ?? 0));
  return (
    <Card title="By status">
      <ul className={styles.list}>
        {STATUSES.map((status) => {
          const { icon: Icon, label, tone } = statusAppearance(status);
          const count = stats?.byStatus[status];
          return (
            <li key={status}>
              <Link href={`/admin?status=${status}`} className={styles.row}>
                <Icon aria-hidden="true" />
                <span className={styles.name}>{label}</span>
                <span className={styles.number}>{count === undefined ? "–" : formatInteger(count)}</span>
                <span className={styles.track} aria-hidden="true">
                  <span
                    className={cx(styles.fill, styles[tone])}
                    style={{ width: `${((count ?? 0) / most) * 100}%` }}
                  />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
