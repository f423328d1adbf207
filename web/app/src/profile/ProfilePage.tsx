import { PageHeading } from "../layout/PageHeading";

export default function ProfilePage() {
  return <PageHeading>Profile</PageHeading>;
}
