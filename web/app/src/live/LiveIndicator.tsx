import { LiveIndicator as Base, useConnection } from "@ordercast/react";
import type { ComponentProps } from "react";

import { cx } from "../ui";
import { CONNECTION_LABELS, connectionLabel } from "./labels";
import styles from "./LiveIndicator.module.css";

export interface LiveIndicatorProps extends ComponentProps<"button"> {
  /** Shown instead of "Live": the console says "Live Updates". */
  label?: string;
}

/** Shows whether live updates arrive: green, amber or red. A button that opens the connection monitor. */
export function LiveIndicator({ label, className, ...rest }: LiveIndicatorProps) {
  const connection = useConnection();
  return (
    <button
      {...rest}
      type="button"
      className={cx(styles.button, label && styles.compact, className)}
      aria-label={`${label ?? "Connection"}: ${connectionLabel(connection)}`}
    >
      <Base
        className={styles.indicator}
        classNames={{ dot: styles.dot, state: styles.state }}
        texts={{ ...CONNECTION_LABELS, ...(label && { live: label }) }}
      />
    </button>
  );
}
