import { PageHeading } from "../layout/PageHeading";

export default function TrackingPage() {
  return <PageHeading>Order</PageHeading>;
}
