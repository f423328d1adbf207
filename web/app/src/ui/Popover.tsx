import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

import { cx } from "./cx";
import styles from "./Popover.module.css";

export interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement;
  /** The accessible name, also shown unless `hideTitle`. */
  title: string;
  hideTitle?: boolean;
  className?: string | undefined;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** A panel next to a button. Stays within the window; closes on Escape and outside clicks. */
export function Popover({ trigger, title, hideTitle, className, open, onOpenChange, children }: PopoverProps) {
  return (
    <Base.Root {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange })}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={8} align="end" collisionPadding={12}>
          <Base.Popup className={cx(styles.popup, className)}>
            <Base.Title className={hideTitle ? "visually-hidden" : styles.title}>{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
