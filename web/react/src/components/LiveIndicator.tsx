import type { ConnectionState } from "@ordercast/client";
import type { ReactNode } from "react";
import { useConnection } from "../useConnection.js";

export interface LiveIndicatorProps {
  /** Shown before the state, such as `Live Updates`. */
  label?: ReactNode;
  texts?: Partial<Record<ConnectionState, string>>;
  className?: string;
}

const TEXTS: Readonly<Record<ConnectionState, string>> = {
  idle: "Not connected",
  connecting: "Connecting…",
  live: "Live",
  reconnecting: "Reconnecting…",
  offline: "Offline",
};

/**
 * Shows whether changes arrive. Style it by `data-state`; the dot is `[data-part="dot"]`. Screen readers announce a
 * change when they are idle.
 */
export function LiveIndicator({ label, texts, className }: LiveIndicatorProps): ReactNode {
  const { state, transport } = useConnection();
  return (
    <span
      role="status"
      className={className}
      data-ordercast="live-indicator"
      data-state={state}
      data-transport={transport ?? undefined}
    >
      <span aria-hidden="true" data-part="dot" />
      {label === undefined ? null : <span data-part="label">{label} </span>}
      <span data-part="state">{texts?.[state] ?? TEXTS[state]}</span>
    </span>
  );
}
