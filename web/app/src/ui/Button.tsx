import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";

import styles from "./Button.module.css";
import { cx } from "./cx";
import { Spinner } from "./Spinner";

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

interface Look {
  look?: ButtonLook;
  size?: ButtonSize;
  /** Takes the width that there is. */
  wide?: boolean;
}

export interface ButtonProps extends ComponentProps<"button">, Look {
  /** At work: it stays focusable, says so, and cannot be pressed again. */
  busy?: boolean;
}

function classOf({ look = "secondary", size = "md", wide }: Look, more?: string) {
  return cx(styles.button, styles[look], styles[size], wide && styles.wide, more);
}

export function Button({
  look,
  size,
  wide,
  busy,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={classOf({ look, size, wide } as Look, className)}
      aria-disabled={busy || rest["aria-disabled"] || undefined}
      onClick={(event) => {
        // A submit button that is at work must not submit once more.
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

export interface LinkButtonProps extends Look {
  href: string;
  className?: string;
  children: ReactNode;
  onClick?: () => void;
  "aria-label"?: string;
}

/** A link within the app that looks like a button. */
export function LinkButton({ look, size, wide, className, ...rest }: LinkButtonProps) {
  return <Link {...rest} className={classOf({ look, size, wide } as Look, className)} />;
}

export interface IconButtonProps extends ComponentProps<"button"> {
  /** What it does, for those who do not see the icon, and as its tooltip. */
  label: string;
  size?: "sm" | "md";
}

export function IconButton({ label, size = "md", className, type = "button", ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={label}
      className={cx(styles.icon, styles[`icon-${size}`], className)}
    />
  );
}
