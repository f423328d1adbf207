import { CloudOff } from "lucide-react";

import { EmptyState } from "../ui";

/** Shown on a first visit while the server does not answer. */
export function ServerAway() {
  return (
    <div role="status">
      <EmptyState icon={CloudOff} title="The shop cannot be reached">
        The page opens automatically when the server answers.
      </EmptyState>
    </div>
  );
}
