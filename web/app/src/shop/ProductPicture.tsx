import { Package } from "lucide-react";
import { useState } from "react";

import { cx } from "../ui";
import styles from "./ProductPicture.module.css";

/**
 * A product's picture, square; a parcel in its place when there is none, or when it cannot be shown. It says nothing that
 * the name beside it does not: hidden from readers.
 */
export function ProductPicture({
  image,
  faded,
  className,
}: {
  image: string | null | undefined;
  faded?: boolean;
  className?: string | undefined;
}) {
  const [broken, setBroken] = useState<string>();
  return (
    <span className={cx(styles.frame, faded && styles.faded, className)} aria-hidden="true">
      {image && image !== broken ? (
        <img src={image} alt="" loading="lazy" decoding="async" onError={() => setBroken(image)} />
      ) : (
        <Package />
      )}
    </span>
  );
}
