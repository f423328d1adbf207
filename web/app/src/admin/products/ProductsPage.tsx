import { PageHeading } from "../../layout/PageHeading";

export default function ProductsPage() {
  return <PageHeading>ProductsPage</PageHeading>;
}
