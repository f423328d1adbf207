import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";

import styles from "./Button.module.css";
import { cx } from "./cx";
import { Spinner } from "./Spinner";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

interface VariantProps {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Takes the full width. */
  wide?: boolean;
}

export interface ButtonProps extends ComponentProps<"button">, VariantProps {
  /** Shows a spinner and ignores clicks; the button stays focusable. */
  busy?: boolean;
}

/** The classes of a button, for elements that this file does not render. */
export function buttonClass({ variant = "secondary", size = "md", wide }: VariantProps, extra?: string) {
  return cx(styles.button, styles[variant], styles[size], wide && styles.wide, extra);
}

export function Button({
  variant,
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
      className={buttonClass({ variant, size, wide } as VariantProps, className)}
      aria-disabled={busy || rest["aria-disabled"] || undefined}
      onClick={(event) => {
        // A busy submit button must not submit again.
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}

export interface LinkButtonProps extends VariantProps {
  href: string;
  className?: string;
  children: ReactNode;
  onClick?: () => void;
  "aria-label"?: string;
}

/** A link within the app that looks like a button. */
export function LinkButton({ variant, size, wide, className, ...rest }: LinkButtonProps) {
  return <Link {...rest} className={buttonClass({ variant, size, wide } as VariantProps, className)} />;
}

export interface IconButtonProps extends ComponentProps<"button"> {
  /** The accessible name and the tooltip. */
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
