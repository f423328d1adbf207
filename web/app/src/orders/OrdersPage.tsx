import type { Order, OrderFilter } from "@ordercast/client";
import { useOrders } from "@ordercast/react";
import { PackageOpen, Search } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { Redirect, useSearchParams } from "wouter";

import { PageHeading } from "../layout/PageHeading";
import { OfflineBanner } from "../offline/OfflineBanner";
import { useLastKnown } from "../offline/useLastKnown";
import { isStaff, useAccount } from "../session/session";
import { Banner, Button, EmptyState, Input, LinkButton, Loading, Skeleton } from "../ui";
import { Tabs } from "../ui/Tabs";
import { OrderCard } from "./OrderCard";
import { findKnownOrders, MAX_KNOWN } from "./knownOrders";
import styles from "./OrdersPage.module.css";

type View = "all" | "active" | "delivered" | "cancelled";

const VIEWS: { value: View; label: string; filter: OrderFilter }[] = [
  { value: "all", label: "All", filter: {} },
  { value: "active", label: "Active", filter: { status: ["pending", "processing", "shipped", "paid"] } },
  { value: "delivered", label: "Delivered", filter: { status: ["delivered"] } },
  { value: "cancelled", label: "Cancelled", filter: { status: ["cancelled"] } },
];

/** The customer's orders, or the driver's deliveries, live. Staff are redirected to the console. */
export default function OrdersPage() {
  return isStaff(useAccount()) ? <Redirect to="/admin" replace /> : <Orders />;
}

function Orders() {
  const { role } = useAccount();
  const [search, setSearch] = useSearchParams();
  const view = VIEWS.find(({ value }) => value === search.get("show")) ?? VIEWS[0];
  const [q, setQ] = useState("");
  const query = useDeferredValue(q.trim().replace(/^#/, ""));
  const filter: OrderFilter = { ...view?.filter, ...(query && { q: query }) };
  const list = useOrders(filter);
  const { pending, isLoading, isLoadingMore, loadMore, reload, error } = list;

  const hasFailed = error !== null;
  const isCurrent = !isLoading && !hasFailed;
  const newest = useMemo(() => list.orders.slice(0, MAX_KNOWN), [list.orders]);
  const known = useLastKnown<readonly Order[]>(`orders.${view?.value ?? "all"}`, {
    current: isCurrent && !query ? newest : undefined,
    hasFailed,
  });
  const knownOfAll = useLastKnown<readonly Order[]>("orders.all", { current: undefined, hasFailed });
  // Rows that are in memory are at least as new as the stored ones.
  const lastKnown = isCurrent || list.orders.length > 0 ? undefined : (known ?? knownOfAll);
  const orders = lastKnown ? findKnownOrders(lastKnown.value, filter) : list.orders;
  const hasMore = list.hasMore && !lastKnown;
  const isOutage = error?.isTemporary === true && (orders.length > 0 || lastKnown !== undefined);

  return (
    <>
      <div className={styles.head}>
        <PageHeading>{role === "driver" ? "Your deliveries" : "Your orders"}</PageHeading>
        <search className={styles.search}>
          <Search aria-hidden="true" />
          <Input
            type="search"
            aria-label="Find an order by its number"
            placeholder="Order number"
            value={q}
            onChange={(event) => setQ(event.target.value)}
          />
        </search>
      </div>
      <Tabs
        label="Filter orders"
        tabs={VIEWS}
        value={view?.value ?? "all"}
        onChange={(next) => setSearch(next === "all" ? {} : { show: next })}
      >
        <OfflineBanner isStale={isOutage || lastKnown !== undefined} at={lastKnown?.at} onRetry={() => void reload()} />
        {error && !isOutage && (
          <div className={styles.error}>
            <Banner
              severity={orders.length > 0 ? "warning" : "error"}
              title={orders.length > 0 ? "This list may be out of date" : "Your orders could not be loaded"}
              action={
                <Button size="sm" onClick={() => void reload()}>
                  Try again
                </Button>
              }
            >
              {error.detail}
            </Banner>
          </div>
        )}
        {isLoading && !lastKnown && orders.length === 0 ? (
          <Loading label="Loading your orders">
            <div className={styles.list}>
              {Array.from({ length: 4 }, (_, index) => (
                <Skeleton key={index} height="7rem" className={styles.skeleton} />
              ))}
            </div>
          </Loading>
        ) : orders.length === 0 && (!error || lastKnown) ? (
          <EmptyState
            icon={PackageOpen}
            title={
              query
                ? "No orders match"
                : view?.value === "all"
                  ? "No orders yet"
                  : `No ${view?.label.toLowerCase()} orders`
            }
            action={
              <LinkButton href="/" variant="primary">
                Back to shop
              </LinkButton>
            }
          >
            {query ? `No order number matches “${query}”.` : "Your orders appear here and update live."}
          </EmptyState>
        ) : (
          <ul className={styles.list} aria-label="Orders, newest first">
            {orders.map((order) => (
              <OrderCard key={order.id} order={order} isPending={pending.has(order.id)} />
            ))}
          </ul>
        )}
        {hasMore && (
          <Button className={styles.more} busy={isLoadingMore} onClick={() => void loadMore()}>
            Show older orders
          </Button>
        )}
      </Tabs>
    </>
  );
}
