import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

import { cx } from "./cx";
import styles from "./Popover.module.css";

export interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement;
  /** Names it for those who do not see it; shown as well unless `quietTitle`. */
  title: string;
  quietTitle?: boolean;
  className?: string | undefined;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** Something more about a button, beside it. Stays within the window; goes with Escape or a press elsewhere. */
export function Popover({ trigger, title, quietTitle, className, open, onOpenChange, children }: PopoverProps) {
  return (
    <Base.Root {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange })}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={8} align="end" collisionPadding={12}>
          <Base.Popup className={cx(styles.popup, className)}>
            <Base.Title className={quietTitle ? "visually-hidden" : styles.title}>{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
