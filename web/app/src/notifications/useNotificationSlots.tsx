import type { Notification } from "@ordercast/client";
import type { NotificationListSlots } from "@ordercast/react";
import { BellOff, Check } from "lucide-react";
import { Link } from "wouter";

import { messageOf } from "../api/http";
import { isStaff, useSession } from "../session/session";
import { Banner, Button, cx, EmptyState, Loading, RelativeTime, Skeleton, toast } from "../ui";
import { buttonClass } from "../ui/Button";
import { CATEGORY_ICONS, CATEGORY_LABELS } from "./categories";
import styles from "./NotificationList.module.css";

const CLASS_NAMES: NonNullable<NotificationListSlots["classNames"]> = {
  head: styles.head,
  "mark-all": buttonClass({ variant: "quiet", size: "sm" }, styles.markAll),
  filter: styles.categories,
  category: styles.category,
  list: styles.list,
  item: styles.item,
  icon: styles.icon,
  line: styles.link,
  unread: "visually-hidden",
  title: styles.title,
  message: styles.message,
  "mark-read": styles.markRead,
};

/** How notifications look. `isCompact`: in the panel of the bell, where the full page has the older ones. */
export function useNotificationSlots({ isCompact }: { isCompact: boolean }): NotificationListSlots {
  const { account } = useSession();
  const orderPath = isStaff(account) ? "/admin/orders" : "/orders";
  return {
    label: "Notifications",
    texts: {
      filter: "Show",
      categories: CATEGORY_LABELS,
      unread: "Unread:",
    },
    classNames: {
      ...CLASS_NAMES,
      head: cx(styles.head, isCompact && styles.compactHead),
      filter: cx(styles.categories, isCompact && styles.compactCategories),
      list: cx(styles.list, isCompact && styles.compactList),
      more: isCompact ? styles.hidden : buttonClass({}, styles.more),
    },
    heading: isCompact && <h2 className={styles.heading}>Notifications</h2>,
    icon: ({ category }) => <CategoryIcon category={category} />,
    renderLink: ({ orderId }, props) => <Link href={`${orderPath}/${orderId}`} {...props} />,
    markAsReadIcon: (
      <>
        <span className={styles.dot} aria-hidden="true" />
        <Check aria-hidden="true" />
      </>
    ),
    renderTime: (at) => <RelativeTime at={at} className={styles.at} />,
    empty: (category) => (
      <EmptyState icon={BellOff} title="No notifications">
        {category === undefined ? "Updates about your orders appear here." : "There are none in this category."}
      </EmptyState>
    ),
    loading: <ListLoading />,
    renderError: (problem, reload) => (
      <div className={styles.error}>
        <Banner
          severity="error"
          action={
            <Button size="sm" onClick={reload}>
              Try again
            </Button>
          }
        >
          {problem.detail}
        </Banner>
      </div>
    ),
    onActionFailed: (problem) =>
      toast.error("Could not be marked as read", { id: "mark-read", description: messageOf(problem) }),
  };
}

function CategoryIcon({ category }: Pick<Notification, "category">) {
  const Icon = CATEGORY_ICONS[category];
  return <Icon />;
}

function ListLoading() {
  return (
    <Loading label="Loading notifications">
      <div className={styles.placeholder}>
        {Array.from({ length: 5 }, (_, index) => (
          <Skeleton key={index} height="3rem" />
        ))}
      </div>
    </Loading>
  );
}
