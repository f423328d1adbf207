import { PageHeading } from "../layout/PageHeading";

export default function SignInPage() {
  return <PageHeading>Sign in</PageHeading>;
}
