import { createContext, useContext, type ReactNode } from "react";
import { createPortal } from "react-dom";

import { PageHeading } from "../../layout/PageHeading";
import styles from "./PageBar.module.css";

/** Where in the console's bar a page puts its heading: below the bar it would cost a line of every screen. */
export const BarSlot = createContext<HTMLElement | null>(null);

export interface PageBarProps {
  title: string;
  /** Before the heading: the way back. */
  before?: ReactNode;
  /** Beside the heading, quietly. */
  children?: ReactNode;
}

export function PageBar({ title, before, children }: PageBarProps) {
  const slot = useContext(BarSlot);
  if (!slot) return null;
  return createPortal(
    <>
      {before}
      <PageHeading className={styles.heading}>{title}</PageHeading>
      {children && <div className={styles.beside}>{children}</div>}
    </>,
    slot,
  );
}
