import { PageHeading } from "../layout/PageHeading";
import { Card } from "../ui";
import NotificationCenter from "./NotificationCenter";
import styles from "./NotificationsPage.module.css";

export default function NotificationsPage() {
  return (
    <div className={styles.page}>
      <PageHeading>Notifications</PageHeading>
      <Card>
        <NotificationCenter />
      </Card>
    </div>
  );
}
