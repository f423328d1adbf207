import {
  cloneElement,
  useId,
  useRef,
  useState,
  type ButtonHTMLAttributes,
  type ReactElement,
  type ReactNode,
} from "react";

import styles from "./FlyOut.module.css";

export interface FlyOutProps {
  /** The accessible name. */
  title: string;
  /** The button that opens it. */
  trigger: ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;
  /** Rendered while open. */
  children: ReactNode;
}

const GAP = 8;
const VIEWPORT_MARGIN = 12;

/**
 * A panel next to a button of a header or side bar. Uses the browser's native popover, which handles Escape, outside
 * clicks and focus without extra script. It does not follow a button that scrolls; use `Popover` there.
 */
export function FlyOut({ title, trigger, children }: FlyOutProps) {
  const id = useId();
  const root = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  function position() {
    const button = root.current?.querySelector("button")?.getBoundingClientRect();
    const style = panel.current?.style;
    if (!button || !style) return;
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const below = button.top < height / 2;
    const right = button.left + button.width / 2 > width / 2;
    const inset = [
      below ? `${button.bottom + GAP}px` : "auto",
      right ? `${Math.max(VIEWPORT_MARGIN, width - button.right)}px` : "auto",
      below ? "auto" : `${height - button.top + GAP}px`,
      right ? "auto" : `${Math.max(VIEWPORT_MARGIN, button.left)}px`,
    ];
    style.setProperty("inset", inset.join(" "));
    style.setProperty("max-height", `${(below ? height - button.bottom : button.top) - GAP - VIEWPORT_MARGIN}px`);
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
        className={styles.panel}
        onBeforeToggle={(event) => event.newState === "open" && position()}
        onToggle={(event) => {
          setOpen(event.newState === "open");
          if (event.newState === "open") panel.current?.focus();
        }}
      >
        {open && (
          <>
            <h2 className={styles.title} aria-hidden="true">
              {title}
            </h2>
            {children}
          </>
        )}
      </div>
    </span>
  );
}
