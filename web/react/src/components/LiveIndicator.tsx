import type { ConnectionState } from "@ordercast/client";
import type { ReactNode } from "react";
import { useConnection } from "../useConnection.js";

export interface LiveIndicatorProps {
  /** Shown before the state, such as `Live Updates` in an admin header. */
  label?: ReactNode;
  texts?: Partial<Record<ConnectionState | "catchingUp", string>>;
  className?: string | undefined;
  /** Class names of the parts. */
  classNames?: Partial<Record<"dot" | "label" | "state", string | undefined>>;
}

export const CONNECTION_TEXTS: Readonly<Record<ConnectionState | "catchingUp", string>> = {
  idle: "Not connected",
  connecting: "Connecting…",
  live: "Live",
  catchingUp: "Catching up…",
  reconnecting: "Reconnecting…",
  offline: "Offline",
};

/**
 * Shows whether live updates arrive; screen readers announce changes. Style it by `data-state`, `data-part` or
 * `classNames`.
 */
export function LiveIndicator({ label, texts, className, classNames }: LiveIndicatorProps): ReactNode {
  const { state, transport, isCatchingUp } = useConnection();
  const text = isCatchingUp ? "catchingUp" : state;
  return (
    <span
      role="status"
      className={className}
      data-ordercast="live-indicator"
      data-state={state}
      data-catching-up={isCatchingUp || undefined}
      data-transport={transport ?? undefined}
    >
      <span aria-hidden="true" data-part="dot" className={classNames?.dot} />
      {label === undefined ? null : (
        <span data-part="label" className={classNames?.label}>
          {label}{" "}
        </span>
      )}
      <span data-part="state" className={classNames?.state}>
        {texts?.[text] ?? CONNECTION_TEXTS[text]}
      </span>
    </span>
  );
}
