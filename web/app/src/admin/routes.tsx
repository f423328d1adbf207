import { PageHeading } from "../layout/PageHeading";

export default function AdminRoutes() {
  return <PageHeading>Console</PageHeading>;
}
