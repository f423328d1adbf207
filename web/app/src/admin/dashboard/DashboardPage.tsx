import { PageHeading } from "../../layout/PageHeading";

export default function DashboardPage() {
  return <PageHeading>DashboardPage</PageHeading>;
}
