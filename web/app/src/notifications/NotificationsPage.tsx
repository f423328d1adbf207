import { PageHeading } from "../layout/PageHeading";

export default function NotificationsPage() {
  return <PageHeading>Notifications</PageHeading>;
}
