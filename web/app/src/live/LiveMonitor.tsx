import { FlyOut } from "../ui/FlyOut";
import { ConnectionMonitor } from "./ConnectionMonitor";
import { LiveIndicator } from "./LiveIndicator";

/** The live indicator, with the connection monitor behind it. `label` is what it says while all is well. */
export function LiveMonitor({ label }: { label?: string }) {
  return (
    <FlyOut title="Live connection" trigger={<LiveIndicator {...(label && { label })} />}>
      <ConnectionMonitor />
    </FlyOut>
  );
}
