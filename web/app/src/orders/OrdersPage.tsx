import { PageHeading } from "../layout/PageHeading";

export default function OrdersPage() {
  return <PageHeading>Your orders</PageHeading>;
}
