import { useState } from "react";

/** An overlay that is animated by `className` once whenever `value` changes; not on the first render. */
export function FlashOnChange({ value, className }: { value: string | number; className: string | undefined }) {
  const [first] = useState(value);
  const [moved, setMoved] = useState(false);
  if (!moved && value !== first) setMoved(true);
  return moved ? <span key={value} className={className} aria-hidden="true" /> : null;
}
