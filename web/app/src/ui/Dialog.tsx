import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";

import { cx } from "./cx";
import styles from "./Dialog.module.css";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** Buttons: right-aligned, stacked on a phone. */
  actions?: ReactNode;
  wide?: boolean;
  /** The element to focus on close. Default: the element that opened the dialog. */
  finalFocus?: () => HTMLElement | boolean | null;
  children?: ReactNode;
}

/** A modal dialog. */
export function Dialog({ open, onOpenChange, title, description, actions, wide, finalFocus, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} data-question="" />
        <Base.Viewport className={styles.viewport}>
          <Base.Popup className={cx(styles.popup, wide && styles.wide)} {...(finalFocus && { finalFocus })}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            {description && <Base.Description className={styles.description}>{description}</Base.Description>}
            {children}
            {actions && <div className={styles.actions}>{actions}</div>}
            {/* Last in the DOM, so that the first focus goes to the content. */}
            <Base.Close className={styles.close} aria-label="Close">
              <X aria-hidden="true" />
            </Base.Close>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
