import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import styles from "./Banner.module.css";
import { cx } from "./cx";
import type { Severity } from "./toast";

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleAlert };

/** A message about the page. Screen readers announce errors at once. */
export function Banner({
  severity = "info",
  title,
  action,
  children,
}: {
  severity?: Severity;
  title?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}) {
  const Icon = ICONS[severity];
  return (
    <div className={cx(styles.banner, styles[severity])} role={severity === "error" ? "alert" : "status"}>
      <Icon aria-hidden="true" />
      <div className={styles.text}>
        {title && <p className={styles.title}>{title}</p>}
        {children && <div>{children}</div>}
      </div>
      {action}
    </div>
  );
}
