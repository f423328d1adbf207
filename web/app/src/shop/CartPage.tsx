import { PageHeading } from "../layout/PageHeading";

export default function CartPage() {
  return <PageHeading>Your cart</PageHeading>;
}
