import { PageHeading } from "../layout/PageHeading";

export default function CataloguePage() {
  return <PageHeading>Shop</PageHeading>;
}
