import { useEffect, useLayoutEffect, useRef, type ReactNode } from "react";

import { useConfig } from "../api/config";
import { consumeFocusRequest, requestFocus } from "./navigation";

export interface PageHeadingProps {
  children: ReactNode;
  /** The document title, where it differs from the heading. */
  title?: string;
  className?: string | undefined;
}

/** The page's h1. Sets the document title, and takes the focus after a navigation so that screen readers start here. */
export function PageHeading({ children, title, className }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { storeName } = useConfig();
  const titleText = title ?? (typeof children === "string" ? children : undefined);
  useEffect(() => {
    document.title = titleText ? `${titleText} · ${storeName}` : storeName;
  }, [titleText, storeName]);
  useEffect(() => {
    if (consumeFocusRequest()) heading.current?.focus({ preventScroll: true });
  }, []);
  useLayoutEffect(() => {
    const element = heading.current;
    // While a page loads it may have another heading.
    return () => {
      if (element !== null && element === document.activeElement) requestFocus();
    };
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}
