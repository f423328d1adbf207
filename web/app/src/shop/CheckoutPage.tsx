import { PageHeading } from "../layout/PageHeading";

export default function CheckoutPage() {
  return <PageHeading>Checkout</PageHeading>;
}
