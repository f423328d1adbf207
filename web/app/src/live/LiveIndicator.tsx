import { useConnection } from "@ordercast/react";
import type { ComponentProps } from "react";

import { cx } from "../ui";
import styles from "./LiveIndicator.module.css";
import { livenessOf } from "./labels";

export interface LiveIndicatorProps extends ComponentProps<"button"> {
  /** Shown instead of "Live": the console says "Live Updates". */
  label?: string;
}

/** Shows whether live updates arrive: green, amber or red. A button that opens the connection monitor. */
export function LiveIndicator({ label, className, ...rest }: LiveIndicatorProps) {
  const { liveness, label: stateLabel } = livenessOf(useConnection().state);
  return (
    <button
      {...rest}
      type="button"
      className={cx(styles.indicator, styles[liveness], className)}
      data-liveness={liveness}
      aria-label={`${label ?? "Connection"}: ${stateLabel}`}
    >
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.word}>{liveness === "live" && label ? label : stateLabel}</span>
    </button>
  );
}
