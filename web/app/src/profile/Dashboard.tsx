import { useOrders } from "@ordercast/react";
import { CircleCheckBig, Package, Receipt, Truck, type LucideIcon } from "lucide-react";
import { useEffect, type ReactNode } from "react";

import { OrderCard } from "../orders/OrderCard";
import { Card, EmptyState, formatMoney, LinkButton, Loading, Skeleton } from "../ui";
import styles from "./Dashboard.module.css";
import { numbersOf } from "./numbers";

/** Beyond this many orders a customer's numbers say "or more". */
const MOST = 1000;
const RECENT = 3;

/** Active, delivered, all in all: numbers that move by themselves (row D12). */
export function Dashboard() {
  const { orders, pending, isLoading, hasMore, isLoadingMore, loadMore } = useOrders();
  const counting = hasMore && orders.length < MOST;
  // The numbers are of all orders, so all of them are read, page after page.
  useEffect(() => {
    if (counting && !isLoadingMore) void loadMore();
  }, [counting, isLoadingMore, loadMore]);

  if (isLoading && orders.length === 0) {
    return (
      <Loading label="Loading your orders">
        <Skeleton height="7rem" />
      </Loading>
    );
  }
  const { total, active, delivered, spent } = numbersOf(orders);
  const more = hasMore ? "+" : "";
  return (
    <>
      <dl className={styles.tiles} aria-busy={counting}>
        <Tile icon={Truck} label="Active" value={active} />
        <Tile icon={CircleCheckBig} label="Delivered" value={`${delivered}${more}`} />
        <Tile icon={Package} label="Orders in all" value={`${total}${more}`} />
        <Tile
          icon={Receipt}
          label="Spent"
          value={spent.length > 0 ? spent.map(formatMoney).join(" + ") + more : "Nothing yet"}
        />
      </dl>
      <Card
        className={styles.recent}
        title="Recent orders"
        action={
          <LinkButton href="/orders" look="quiet" size="sm">
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
      {/* Another number rises into place. */}
      <dd key={String(value)} className="tabular">
        {value}
      </dd>
    </div>
  );
}
