import { PageHeading } from "../../layout/PageHeading";

export default function OrderPage(_: { id: string }) {
  return <PageHeading>OrderPage</PageHeading>;
}
