import type { ReactNode } from "react";

import { cx } from "./cx";
import styles from "./Skeleton.module.css";

/** A placeholder. Wrap them in `Loading`, which announces them once. */
export function Skeleton({
  width,
  height,
  round,
  className,
}: {
  width?: string | number;
  height?: string | number;
  round?: boolean;
  className?: string | undefined;
}) {
  return (
    <span
      className={cx(styles.skeleton, round && styles.round, className)}
      style={{ width, height }}
      aria-hidden="true"
    />
  );
}

/** Wraps skeletons and tells screen readers that content is loading. */
export function Loading({ label = "Loading", children }: { label?: string; children?: ReactNode }) {
  return (
    <div role="status">
      <span className="visually-hidden">{label}</span>
      {children}
    </div>
  );
}
