import { useId, type ComponentProps, type ReactNode } from "react";

import styles from "./Card.module.css";
import { cx } from "./cx";

export interface CardProps extends Omit<ComponentProps<"section">, "title"> {
  /** Also the accessible name of the section. */
  title?: ReactNode;
  /** To the right of the title. */
  action?: ReactNode;
  /** No padding: for tables and lists. */
  flush?: boolean;
}

export function Card({ title, action, flush, className, children, ...rest }: CardProps) {
  const id = useId();
  return (
    <section
      {...rest}
      aria-labelledby={title ? id : undefined}
      className={cx(styles.card, flush && styles.flush, className)}
    >
      {(title || action) && (
        <div className={styles.head}>
          {title && <h2 id={id}>{title}</h2>}
          {action}
        </div>
      )}
      {children}
    </section>
  );
}
