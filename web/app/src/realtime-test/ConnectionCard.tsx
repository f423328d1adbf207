import { useConnection } from "@ordercast/react";
import { Plug, Unplug } from "lucide-react";

import { ConnectionMonitor } from "../live/ConnectionMonitor";
import { LiveIndicator } from "../live/LiveIndicator";
import { Button, Card } from "../ui";

/** The connection, and buttons to close and open it. */
export function ConnectionCard() {
  const { state, pause, reconnect } = useConnection();
  return (
    <Card title="Connection" action={<LiveIndicator />}>
      <ConnectionMonitor isDetailed />
      {state === "live" && (
        <Button size="sm" wide onClick={pause}>
          <Unplug aria-hidden="true" />
          Disconnect
        </Button>
      )}
      {state === "idle" && (
        <Button size="sm" wide onClick={reconnect}>
          <Plug aria-hidden="true" />
          Connect
        </Button>
      )}
    </Card>
  );
}
