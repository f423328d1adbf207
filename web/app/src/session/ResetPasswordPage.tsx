import { PageHeading } from "../layout/PageHeading";

export default function ResetPasswordPage() {
  return <PageHeading>Set a new password</PageHeading>;
}
