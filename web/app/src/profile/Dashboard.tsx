import type { Order } from "@ordercast/client";
import { useOrders } from "@ordercast/react";
import { CircleCheckBig, Package, Receipt, Truck, type LucideIcon } from "lucide-react";
import { useEffect, useMemo, type ReactNode } from "react";

import { OfflineBanner } from "../offline/OfflineBanner";
import { useLastKnown } from "../offline/useLastKnown";
import { OrderCard } from "../orders/OrderCard";
import { Banner, Button, Card, cx, EmptyState, formatMoney, LinkButton, Loading, Skeleton } from "../ui";
import styles from "./Dashboard.module.css";
import { summarizeOrders, type OrderSummary } from "./orderSummary";

/** At most this many orders are counted; beyond it the figures have a "+". */
const MAX_COUNTED = 1000;
const RECENT = 3;

interface Figures extends OrderSummary {
  recent: readonly Order[];
  /** There are orders that were not counted. */
  hasMore: boolean;
}

/** The customer's figures and recent orders, live. The children follow once these are loaded: nothing moves. */
export function Dashboard({ children }: { children: ReactNode }) {
  const { orders, pending, isLoading, hasMore, isLoadingMore, loadMore, reload, error } = useOrders();
  // After an error the client continues when the connection is back.
  const isCounting = hasMore && orders.length < MAX_COUNTED && error === null;
  // The figures cover all orders, so load every page.
  useEffect(() => {
    if (isCounting && !isLoadingMore) void loadMore();
  }, [isCounting, isLoadingMore, loadMore]);

  const counted = useMemo<Figures>(
    () => ({ ...summarizeOrders(orders), recent: orders.slice(0, RECENT), hasMore }),
    [orders, hasMore],
  );
  const hasFailed = error !== null;
  const isCurrent = !isLoading && !hasFailed && !isCounting;
  const known = useLastKnown<Figures>("summary", { current: isCurrent ? counted : undefined, hasFailed });
  const lastKnown = isCurrent ? undefined : known;

  if (orders.length === 0 && !lastKnown) {
    if (isLoading) {
      return (
        <Loading label="Loading your orders">
          <div className={styles.tiles}>
            {Array.from({ length: 4 }, (_, index) => (
              <Skeleton key={index} height="6rem" className={styles.skeleton} />
            ))}
          </div>
          <Skeleton height="24rem" className={cx(styles.recent, styles.skeleton)} />
        </Loading>
      );
    }
    if (error) {
      return (
        <>
          <Banner
            severity="error"
            title="Your orders could not be loaded"
            action={
              <Button size="sm" onClick={() => void reload()}>
                Try again
              </Button>
            }
          >
            {error.detail}
          </Banner>
          {children}
        </>
      );
    }
  }
  const { total, active, delivered, spent, recent, ...figures } = lastKnown?.value ?? counted;
  const plus = figures.hasMore ? "+" : "";
  return (
    <>
      <OfflineBanner isStale={hasFailed || lastKnown !== undefined} at={lastKnown?.at} onRetry={() => void reload()} />
      <dl className={styles.tiles} aria-busy={isCounting}>
        <Tile icon={Truck} label="Active" value={active} />
        <Tile icon={CircleCheckBig} label="Delivered" value={`${delivered}${plus}`} />
        <Tile icon={Package} label="Total orders" value={`${total}${plus}`} />
        <Tile
          icon={Receipt}
          label="Spent"
          value={spent.length > 0 ? spent.map(formatMoney).join(" + ") + plus : "None yet"}
        />
      </dl>
      <Card
        className={styles.recent}
        title="Recent orders"
        action={
          <LinkButton href="/orders" variant="quiet" size="sm">
            All orders
          </LinkButton>
        }
      >
        {recent.length === 0 ? (
          <EmptyState icon={Package} title="No orders yet" />
        ) : (
          <ul className={styles.list}>
            {recent.map((order) => (
              <OrderCard key={order.id} order={order} isPending={pending.has(order.id)} />
            ))}
          </ul>
        )}
      </Card>
      {children}
    </>
  );
}

function Tile({ icon: Icon, label, value }: { icon: LucideIcon; label: string; value: ReactNode }) {
  return (
    <div className={styles.tile}>
      <dt>
        <Icon aria-hidden="true" />
        {label}
      </dt>
      {/* The key restarts the animation when the value changes. */}
      <dd key={String(value)} className="tabular">
        {value}
      </dd>
    </div>
  );
}
