import type { NotificationCategory } from "@ordercast/client";
import { NotificationList, useNotifications } from "@ordercast/react";
import { useState } from "react";

import { PageHeading } from "../layout/PageHeading";
import { Card } from "../ui";
import styles from "./NotificationsPage.module.css";
import { useNotificationSlots } from "./useNotificationSlots";

export default function NotificationsPage() {
  const [category, setCategory] = useState<NotificationCategory>();
  const inbox = useNotifications(category ? { category } : {});
  const slots = useNotificationSlots({ isCompact: false });
  return (
    <div className={styles.page}>
      <PageHeading>Notifications</PageHeading>
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
