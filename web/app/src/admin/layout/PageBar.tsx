import { createContext, useContext, type ReactNode } from "react";
import { createPortal } from "react-dom";

import { PageHeading } from "../../layout/PageHeading";
import styles from "./PageBar.module.css";

/**
 * The element in the console's header into which pages render their heading. A heading below the header would cost a
 * line of every screen.
 */
export const BarSlot = createContext<HTMLElement | null>(null);

export interface PageBarProps {
  title: string;
  /** Before the heading, such as a back link. */
  before?: ReactNode;
  /** After the heading. */
  children?: ReactNode;
}

export function PageBar({ title, before, children }: PageBarProps) {
  const slot = useContext(BarSlot);
  if (!slot) return null;
  return createPortal(
    <>
      {before}
      <PageHeading className={styles.heading}>{title}</PageHeading>
      {children && <div className={styles.secondary}>{children}</div>}
    </>,
    slot,
  );
}
