import { PageHeading } from "../layout/PageHeading";

export default function SignUpPage() {
  return <PageHeading>Create an account</PageHeading>;
}
