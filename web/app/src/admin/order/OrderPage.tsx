import { useOrdercast, useStore } from "@ordercast/react";
import { ArrowLeft, PackageX } from "lucide-react";
import { useEffect } from "react";
import { Link } from "wouter";

import { OfflineBanner } from "../../offline/OfflineBanner";
import { useLastKnown } from "../../offline/useLastKnown";
import { useAccount } from "../../session/session";
import { actorName } from "../../tracking/actorName";
import { ItemsCard } from "../../tracking/ItemsCard";
import { Timeline } from "../../tracking/Timeline";
import { Banner, Button, Card, EmptyState, LinkButton, Loading, RelativeTime, Skeleton } from "../../ui";
import type { Order, TimelineEvent } from "../data/types";
import { PageBar } from "../layout/PageBar";
import { ConflictPanel } from "./ConflictPanel";
import { CustomerCard } from "./CustomerCard";
import { DeliveryCard } from "./DeliveryCard";
import { FIELD_NAMES } from "./fields";
import styles from "./OrderPage.module.css";
import { Presence } from "./Presence";
import { SaveBar } from "./SaveBar";
import { StatusCard } from "./StatusCard";
import { useOrderEditor } from "./useOrderEditor";

/** `/admin/orders/:id`: one order, live, with every action. */
export default function OrderPage({ id }: { id: string }) {
  const tracking = useOrdercast().orders.track(id);
  const { state, order: tracked, timeline, lastUpdate, isStale, error } = useStore(tracking);
  // An order whose page was never opened on this device may be stored as a part of the list.
  const list = useLastKnown<readonly Order[]>("console.orders", { current: undefined, hasFailed: error !== null });
  const listed = list?.value.find((each) => [each.id, each.number, each.reference].includes(id));
  const order = tracked ?? (state === "missing" ? undefined : listed);
  if (order) {
    return (
      <>
        <OfflineBanner
          isStale={isStale || !tracked || error?.isTemporary === true}
          at={tracked ? lastUpdate : list?.at}
          onRetry={() => void tracking.load()}
        />
        <OpenOrder order={order} timeline={timeline} />
      </>
    );
  }
  if (state === "missing") {
    return (
      <>
        <PageBar title="Order not found" before={<Back />} />
        <EmptyState icon={PackageX} title="Order not found" action={<LinkButton href="/admin">All orders</LinkButton>}>
          Check the number. The order may belong to another store.
        </EmptyState>
      </>
    );
  }
  if (error) {
    return (
      <>
        <PageBar title={`#${id}`} before={<Back />} />
        <Banner
          severity="error"
          title="The order could not be loaded"
          action={<Button onClick={() => void tracking.load()}>Try again</Button>}
        >
          {error.detail}
        </Banner>
      </>
    );
  }
  return (
    <Loading label="Loading the order">
      <div className={styles.columns}>
        <div className={styles.main}>
          <Skeleton height="18rem" />
          <Skeleton height="24rem" />
        </div>
        <div className={styles.side}>
          <Skeleton height="14rem" />
          <Skeleton height="14rem" />
        </div>
      </div>
    </Loading>
  );
}

function OpenOrder({ order, timeline }: { order: Order; timeline: readonly TimelineEvent[] }) {
  const editor = useOrderEditor(order);
  const lastEditor = useLastOtherEditor(timeline);
  useWarnBeforeLeaving(editor.unsaved.length > 0);
  const isCancelled = order.status === "cancelled";
  const history = (
    <Card title="Order history">
      <Timeline events={timeline} />
    </Card>
  );
  return (
    <>
      <PageBar title={`#${order.number}`} before={<Back />}>
        <span className={styles.placed}>
          Placed <RelativeTime at={order.createdAt} />
        </span>
        <Presence order={order.id} />
      </PageBar>
      <div className={styles.columns}>
        <div className={styles.main}>
          {editor.conflict.length > 0 && (
            <ConflictPanel
              what="this order"
              labels={FIELD_NAMES}
              differences={editor.conflict}
              who={lastEditor}
              onResolve={editor.resolve}
            />
          )}
          <StatusCard order={order} timeline={timeline} editor={editor} />
          {isCancelled ? history : <DeliveryCard order={order} editor={editor} />}
        </div>
        <div className={styles.side}>
          <CustomerCard order={order} />
          <ItemsCard order={order} />
          {!isCancelled && history}
        </div>
      </div>
      <SaveBar editor={editor} />
    </>
  );
}

function Back() {
  return (
    <Link href="/admin" className={styles.back} aria-label="All orders">
      <ArrowLeft aria-hidden="true" />
    </Link>
  );
}

/** The name of the last person other than the current user who changed the order. */
function useLastOtherEditor(timeline: readonly TimelineEvent[]): string {
  const account = useAccount();
  const event = timeline.findLast(({ actor }) => actor.id !== account.id);
  return event ? actorName(event.actor, account) : "Somebody";
}

/** Makes the browser ask before the page closes with unsaved changes. */
function useWarnBeforeLeaving(unsaved: boolean) {
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [unsaved]);
}
