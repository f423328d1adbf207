import {
  cloneElement,
  createContext,
  useCallback,
  useContext,
  useId,
  useRef,
  useState,
  type ButtonHTMLAttributes,
  type ReactElement,
  type ReactNode,
} from "react";

import { cx } from "./cx";
import styles from "./FlyOut.module.css";

const Close = createContext<() => void>(() => undefined);

/** Closes the fly-out that a component is in; does nothing where it is in none. */
export function useCloseFlyOut(): () => void {
  return useContext(Close);
}

export interface FlyOutProps {
  /** Names it. */
  title: string;
  /** The title is said and not shown. */
  quietTitle?: boolean;
  className?: string | undefined;
  /** The button that opens it. */
  trigger: ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;
  /** Rendered while it is open. */
  children: ReactNode;
}

const GAP = 8;
const EDGE = 12;

/**
 * Something more about a button of a header or a side bar, beside it. The browser's own popover: it goes with Escape, with a
 * press elsewhere, gives the focus back, and costs no script. Where a page scrolls away under a button, use `Popover`.
 */
export function FlyOut({ title, quietTitle, className, trigger, children }: FlyOutProps) {
  const id = useId();
  const root = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const close = useCallback(() => panel.current?.hidePopover(), []);

  function place() {
    const button = root.current?.querySelector("button")?.getBoundingClientRect();
    const style = panel.current?.style;
    if (!button || !style) return;
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const below = button.top < height / 2;
    const right = button.left + button.width / 2 > width / 2;
    const inset = [
      below ? `${button.bottom + GAP}px` : "auto",
      right ? `${Math.max(EDGE, width - button.right)}px` : "auto",
      below ? "auto" : `${height - button.top + GAP}px`,
      right ? "auto" : `${Math.max(EDGE, button.left)}px`,
    ];
    style.setProperty("inset", inset.join(" "));
    style.setProperty("max-height", `${(below ? height - button.bottom : button.top) - GAP - EDGE}px`);
  }

  return (
    <span ref={root} className={styles.root}>
      {cloneElement(trigger, {
        popoverTarget: id,
        "aria-expanded": open,
        "aria-haspopup": "dialog",
        "aria-controls": id,
      })}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={title}
        tabIndex={-1}
        className={cx(styles.panel, className)}
        onBeforeToggle={(event) => event.newState === "open" && place()}
        onToggle={(event) => {
          setOpen(event.newState === "open");
          if (event.newState === "open") panel.current?.focus();
        }}
      >
        {open && (
          <Close value={close}>
            {!quietTitle && (
              <h2 className={styles.title} aria-hidden="true">
                {title}
              </h2>
            )}
            {children}
          </Close>
        )}
      </div>
    </span>
  );
}
