import { useConnection } from "@ordercast/react";
import type { ComponentProps } from "react";

import { cx } from "../ui";
import styles from "./LiveIndicator.module.css";
import { livenessOf } from "./words";

export interface LiveIndicatorProps extends ComponentProps<"button"> {
  /** Said instead of "Live" while it is: the console says "Live Updates". */
  label?: string;
}

/** Whether changes arrive (row A10): pulsing green, in between, red. A button, for the monitor behind it. */
export function LiveIndicator({ label, className, ...rest }: LiveIndicatorProps) {
  const { liveness, word } = livenessOf(useConnection().state);
  return (
    <button
      {...rest}
      type="button"
      className={cx(styles.indicator, styles[liveness], className)}
      data-liveness={liveness}
      aria-label={`${label ?? "Connection"}: ${word}`}
    >
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.word}>{liveness === "live" && label ? label : word}</span>
    </button>
  );
}
