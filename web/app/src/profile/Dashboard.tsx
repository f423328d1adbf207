import { useOrders } from "@ordercast/react";
import { CircleCheckBig, Package, Receipt, Truck, type LucideIcon } from "lucide-react";
import { useEffect, type ReactNode } from "react";

import { OrderCard } from "../orders/OrderCard";
import { Card, EmptyState, formatMoney, LinkButton, Loading, Skeleton } from "../ui";
import styles from "./Dashboard.module.css";
import { summarizeOrders } from "./orderSummary";

/** At most this many orders are counted; beyond it the figures have a "+". */
const MAX_COUNTED = 1000;
const RECENT = 3;

/** The customer's figures and recent orders, live. */
export function Dashboard() {
  const { orders, pending, isLoading, hasMore, isLoadingMore, loadMore, error } = useOrders();
  // After an error the client continues when the connection is back.
  const isCounting = hasMore && orders.length < MAX_COUNTED && error === null;
  // The figures cover all orders, so load every page.
  useEffect(() => {
    if (isCounting && !isLoadingMore) void loadMore();
  }, [isCounting, isLoadingMore, loadMore]);

  if (isLoading && orders.length === 0) {
    return (
      <Loading label="Loading your orders">
        <Skeleton height="7rem" />
      </Loading>
    );
  }
  const { total, active, delivered, spent } = summarizeOrders(orders);
  const plus = hasMore ? "+" : "";
  return (
    <>
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
        {orders.length === 0 ? (
          <EmptyState icon={Package} title="No orders yet" />
        ) : (
          <ul className={styles.list}>
            {orders.slice(0, RECENT).map((order) => (
              <OrderCard key={order.id} order={order} isPending={pending.has(order.id)} />
            ))}
          </ul>
        )}
      </Card>
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
