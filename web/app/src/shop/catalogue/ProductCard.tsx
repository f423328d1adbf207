import { Plus } from "lucide-react";
import { Link } from "wouter";

import { Badge, Button, Money } from "../../ui";
import { putInCart } from "../cart/cart";
import type { Product } from "../products";
import { ProductPicture } from "../ProductPicture";
import { QuantityStepper } from "../QuantityStepper";
import styles from "./ProductCard.module.css";
import { stockNote } from "./stock";

export interface ProductCardProps {
  product: Product;
  quantity: number;
  /** The address of its details. */
  href: string;
  /** False for staff, who cannot order. */
  canOrder: boolean;
}

export function ProductCard({ product, quantity, href, canOrder }: ProductCardProps) {
  const note = stockNote(product.available);
  return (
    <li className={styles.card}>
      <div className={styles.top}>
        <ProductPicture image={product.image} faded={product.available === 0} className={styles.picture} />
        {note && (
          <Badge tone={note.tone} className={styles.stockNote}>
            {note.label}
          </Badge>
        )}
      </div>
      <div className={styles.text}>
        <h2 className={styles.name}>
          <Link href={href} className={styles.link} state={{ keepScroll: true }}>
            {product.name}
          </Link>
        </h2>
        {product.description && <p className={styles.description}>{product.description}</p>}
      </div>
      <div className={styles.footer}>
        <Money value={product.price} className={styles.price} />
        {canOrder && <Order product={product} quantity={quantity} />}
      </div>
    </li>
  );
}

function Order({ product, quantity }: { product: Product; quantity: number }) {
  if (quantity > 0) {
    return (
      <div className={styles.order}>
        <QuantityStepper
          productName={product.name}
          quantity={quantity}
          available={product.available}
          onChange={(next) => putInCart(product, next)}
        />
      </div>
    );
  }
  return (
    <div className={styles.order}>
      <Button
        disabled={product.available === 0}
        aria-label={`Add ${product.name} to the cart`}
        onClick={() => putInCart(product, 1)}
      >
        <Plus aria-hidden="true" />
        Add
      </Button>
    </div>
  );
}
