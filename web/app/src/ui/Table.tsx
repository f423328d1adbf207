import type { ComponentProps } from "react";

import { cx } from "./cx";
import styles from "./Table.module.css";

/** A table that scrolls horizontally when the window is narrow. */
export function Table({ className, label, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    // A scroll container must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={label}>
      <table {...rest} className={cx(styles.table, className)} />
    </div>
  );
}

export function Th({ className, numeric, ...rest }: ComponentProps<"th"> & { numeric?: boolean }) {
  return <th scope="col" {...rest} className={cx(styles.th, numeric && styles.numeric, className)} />;
}

export function Td({ className, numeric, ...rest }: ComponentProps<"td"> & { numeric?: boolean }) {
  return <td {...rest} className={cx(styles.td, numeric && styles.numeric, className)} />;
}

export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={cx(styles.tr, className)} />;
}
