import { Package } from "lucide-react";
import { useState } from "react";

import { cx } from "../ui";
import styles from "./ProductPicture.module.css";

/**
 * A square picture, or a parcel icon when there is none or it cannot be loaded. Decorative: the product's name is
 * always beside it.
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
