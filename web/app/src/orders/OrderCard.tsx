import { isFinal, type Order } from "@ordercast/client";
import { OrderProgress, useNow } from "@ordercast/react";
import { ChevronRight } from "lucide-react";
import { Link } from "wouter";

import { useTimes } from "../time/useTimes";
import { cx, Money, RelativeTime, StatusBadge } from "../ui";
import { FlashOnChange } from "../ui/FlashOnChange";
import styles from "./OrderCard.module.css";
import { statusAppearance } from "./status";

/** An order in a list: status, progress, expected time. Flashes once when the order changes. */
export function OrderCard({ order, isPending }: { order: Order; isPending: boolean }) {
  const now = useNow();
  const times = useTimes();
  const { tone } = statusAppearance(order.status);
  return (
    <li className={cx(styles.card, styles[tone])} aria-busy={isPending}>
      <FlashOnChange value={order.version} className={styles.flash} />
      <div className={styles.top}>
        <Link href={`/orders/${order.id}`} className={styles.link}>
          Order <span className="tabular">#{order.number}</span>
        </Link>
        <StatusBadge status={order.status} />
        <ChevronRight className={styles.chevron} aria-hidden="true" />
      </div>
      <p className={styles.items}>
        {order.items.map(({ name, quantity }) => (quantity > 1 ? `${quantity} × ${name}` : name)).join(" · ")}
      </p>
      {!isFinal(order.status) && (
        <OrderProgress
          order={order}
          label={`Progress of order #${order.number}`}
          className={styles.progress}
          classNames={{
            label: "visually-hidden",
            bar: styles.bar,
            status: styles.hidden,
            percent: cx(styles.percent, "tabular"),
          }}
        />
      )}
      <p className={styles.footer}>
        <span>
          {order.estimatedDelivery && !isFinal(order.status) ? (
            <>
              Expected {lowercaseRelativeDay(times.day(order.estimatedDelivery, now))} by{" "}
              {times.time(order.estimatedDelivery)}
            </>
          ) : (
            <>
              Placed <RelativeTime at={order.createdAt} />
            </>
          )}
        </span>
        {order.total && <Money value={order.total} className={styles.total} />}
      </p>
    </li>
  );
}

/** "today" within a sentence; weekday names keep their capital. */
function lowercaseRelativeDay(day: string): string {
  return ["Today", "Tomorrow", "Yesterday"].includes(day) ? day.toLowerCase() : day;
}
