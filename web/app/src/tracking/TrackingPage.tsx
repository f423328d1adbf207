import type { Order } from "@ordercast/client";
import { useOrdercast, useStore } from "@ordercast/react";
import { ArrowLeft, PackageX } from "lucide-react";
import { Link, useParams } from "wouter";

import { PageHeading } from "../layout/PageHeading";
import { OfflineBanner } from "../offline/OfflineBanner";
import { useLastKnown } from "../offline/useLastKnown";
import { orderRefOf } from "../orders/orderRef";
import { statusName } from "../orders/status";
import { isStaff, useSession } from "../session/session";
import { Banner, Button, EmptyState, LinkButton, Loading, Skeleton } from "../ui";
import { CancelCard } from "./CancelCard";
import { DeliveryCard } from "./DeliveryCard";
import { DetailsCard } from "./DetailsCard";
import { Hero } from "./Hero";
import { ItemsCard } from "./ItemsCard";
import { PaymentCard } from "./PaymentCard";
import { TimelineCard } from "./TimelineCard";
import styles from "./TrackingPage.module.css";

/** One order, live. */
export default function TrackingPage() {
  const { id: param = "" } = useParams<{ id: string }>();
  const id = orderRefOf(param);
  const { account } = useSession();
  const tracking = useOrdercast().orders.track(id);
  const { state, order: tracked, timeline, lastUpdate, isStale, isPending, error } = useStore(tracking);
  // An order whose own page was never opened on this device may be known from the list.
  const list = useLastKnown<readonly Order[]>("orders.all", { current: undefined, hasFailed: error !== null });
  const listed = list?.value.find((each) => [each.id, each.number, each.reference].includes(id));
  const order = tracked ?? (state === "missing" ? undefined : listed);

  if (!order && state === "missing") {
    return (
      <>
        <PageHeading className="visually-hidden">Order not found</PageHeading>
        <EmptyState
          icon={PackageX}
          title="Order not found"
          action={
            <LinkButton href="/orders" variant="primary">
              Your orders
            </LinkButton>
          }
        >
          Check the link. The order may belong to another account.
        </EmptyState>
      </>
    );
  }
  if (!order && error) {
    return (
      <>
        <PageHeading>Order</PageHeading>
        <div className={styles.error}>
          <Banner
            severity="error"
            title="The order could not be loaded"
            action={
              <Button size="sm" onClick={() => void tracking.load()}>
                Try again
              </Button>
            }
          >
            {error.detail}
          </Banner>
        </div>
      </>
    );
  }
  if (!order) return <TrackingLoading />;

  return (
    <>
      <div className={styles.head}>
        <Link href={isStaff(account) ? "/admin" : "/orders"} className={styles.back}>
          <ArrowLeft aria-hidden="true" />
          {isStaff(account) ? "All orders" : "Your orders"}
        </Link>
        <PageHeading title={`Order #${order.number}, ${statusName(order.status)}`} className={styles.number}>
          Order <span className="tabular">#{order.number}</span>
        </PageHeading>
      </div>
      <OfflineBanner
        isStale={isStale || tracked === null}
        at={tracked ? lastUpdate : list?.at}
        onRetry={() => void tracking.load()}
      />
      <div className={styles.columns}>
        <div className={styles.main}>
          <Hero order={order} timeline={timeline} isPending={isPending} />
          <PaymentCard order={order} />
          <DeliveryCard order={order} />
          <TimelineCard events={timeline} isUnknown={tracked === null} />
        </div>
        <div className={styles.side}>
          <ItemsCard order={order} />
          <DetailsCard order={order} />
          <CancelCard order={order} isPending={isPending} />
        </div>
      </div>
    </>
  );
}

function TrackingLoading() {
  return (
    <Loading label="Loading the order">
      <PageHeading className="visually-hidden">Order</PageHeading>
      <div className={styles.columns}>
        <div className={styles.main}>
          <Skeleton height="19rem" className={styles.skeleton} />
          <Skeleton height="14rem" className={styles.skeleton} />
        </div>
        <div className={styles.side}>
          <Skeleton height="14rem" className={styles.skeleton} />
        </div>
      </div>
    </Loading>
  );
}
