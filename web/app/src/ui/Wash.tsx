import { useState } from "react";

/** A veil that passes over once when `of` becomes another; what is there from the start is no news. `className` animates it. */
export function Wash({ of, className }: { of: string | number; className: string | undefined }) {
  const [first] = useState(of);
  const [moved, setMoved] = useState(false);
  if (!moved && of !== first) setMoved(true);
  return moved ? <span key={of} className={className} aria-hidden="true" /> : null;
}
