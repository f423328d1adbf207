import { isStaff, useSession } from "../session/session";
import { FlyOut } from "../ui/FlyOut";
import { ConnectionMonitor } from "./ConnectionMonitor";
import { LiveIndicator } from "./LiveIndicator";

/** The live indicator, which opens the connection monitor. */
export function LiveMonitor({ label }: { label?: string }) {
  const { account } = useSession();
  return (
    <FlyOut title="Live connection" trigger={<LiveIndicator {...(label && { label })} />}>
      <ConnectionMonitor isDetailed={isStaff(account)} />
    </FlyOut>
  );
}
