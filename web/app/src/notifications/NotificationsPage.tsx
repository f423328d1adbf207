import type { NotificationCategory } from "@ordercast/client";
import { NotificationList } from "@ordercast/react";
import { useState } from "react";

import { PageHeading } from "../layout/PageHeading";
import { OfflineBanner } from "../offline/OfflineBanner";
import { Card } from "../ui";
import styles from "./NotificationsPage.module.css";
import { useInbox } from "./useInbox";
import { useNotificationSlots } from "./useNotificationSlots";

export default function NotificationsPage() {
  const [category, setCategory] = useState<NotificationCategory>();
  const inbox = useInbox(category ? { category } : {});
  const { lastKnown, error, notifications } = inbox;
  const isStale = lastKnown !== undefined || (error !== null && notifications.length > 0);
  const slots = useNotificationSlots({ isCompact: false });
  return (
    <div className={styles.page}>
      <PageHeading>Notifications</PageHeading>
      <OfflineBanner isStale={isStale} at={lastKnown?.at} onRetry={() => void inbox.reload()} />
      <Card>
        <NotificationList
          {...slots}
          inbox={inbox}
          category={category}
          onCategory={setCategory}
          onOpen={() => undefined}
        />
      </Card>
    </div>
  );
}
