import { PageHeading } from "../layout/PageHeading";

export default function RealTimeTest() {
  return <PageHeading>Real-time test</PageHeading>;
}
