import { Package } from "lucide-react";

import { cx } from "../ui";
import styles from "./ProductPicture.module.css";

/** A product's picture, square. It says nothing that the name beside it does not: hidden from readers. */
export function ProductPicture({ image, faded, className }: { image: string | null | undefined; faded?: boolean; className?: string | undefined }) {
  return (
    <span className={cx(styles.frame, faded && styles.faded, className)} aria-hidden="true">
      {image ? <img src={image} alt="" loading="lazy" decoding="async" /> : <Package />}
    </span>
  );
}
