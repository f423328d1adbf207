import { useEffect, useRef, type ReactNode } from "react";

import { useConfig } from "../api/config";
import { takeFocus } from "./navigation";

export interface PageHeadingProps {
  children: ReactNode;
  /** The document's title where the heading is no plain text, or where more is to be said. */
  title?: string;
  className?: string | undefined;
}

/** A page's h1. Names the document, and takes the focus after a navigation so that readers begin here. */
export function PageHeading({ children, title, className }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { storeName } = useConfig();
  const words = title ?? (typeof children === "string" ? children : undefined);
  useEffect(() => {
    document.title = words ? `${words} · ${storeName}` : storeName;
  }, [words, storeName]);
  useEffect(() => {
    if (takeFocus()) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}
