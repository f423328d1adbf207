import { Popover } from "../ui/Popover";
import { ConnectionMonitor } from "./ConnectionMonitor";
import { LiveIndicator } from "./LiveIndicator";

/** The live indicator, with the connection monitor behind it. `label` is what it says while all is well. */
export function LiveMonitor({ label }: { label?: string }) {
  return (
    <Popover title="Live connection" trigger={<LiveIndicator {...(label && { label })} />}>
      <ConnectionMonitor />
    </Popover>
  );
}
