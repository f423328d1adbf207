import { Link } from "wouter";

import { statusLook } from "../../orders/status";
import { Card, cx } from "../../ui";
import type { Stats } from "../data/types";
import { ALL_STATUSES } from "../orders/status";
import styles from "./Lists.module.css";

const whole = new Intl.NumberFormat();

/** How many orders are in each status now; each leads to them. */
export function StatusBars({ stats }: { stats: Stats | undefined }) {
  const most = Math.max(1, ...ALL_STATUSES.map((status) => stats?.byStatus[status] ?? 0));
  return (
    <Card title="By status">
      <ul className={styles.list}>
        {ALL_STATUSES.map((status) => {
          const { icon: Icon, label, tone } = statusLook(status);
          const count = stats?.byStatus[status];
          return (
            <li key={status}>
              <Link href={`/admin?status=${status}`} className={styles.row}>
                <Icon aria-hidden="true" />
                <span className={styles.name}>{label}</span>
                <span className={styles.number}>{count === undefined ? "–" : whole.format(count)}</span>
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
