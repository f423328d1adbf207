import { Plus } from "lucide-react";
import { useRef } from "react";
import { Link } from "wouter";

import { Badge, Button, Money } from "../../ui";
import { useFocusAfterRemoval } from "../../ui/useFocusAfterRemoval";
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
  const container = useRef<HTMLDivElement>(null);
  const isInCart = quantity > 0;
  // From "Add" to the button that adds another, and back from "Remove".
  useFocusAfterRemoval(container, isInCart, (element) => [...element.querySelectorAll("button")].at(-1));
  return (
    <div ref={container} className={styles.order}>
      {isInCart ? (
        <QuantityStepper
          productName={product.name}
          quantity={quantity}
          available={product.available}
          onChange={(next) => putInCart(product, next)}
        />
      ) : (
        <Button
          disabled={product.available === 0}
          aria-label={`Add ${product.name} to the cart`}
          onClick={() => putInCart(product, 1)}
        >
          <Plus aria-hidden="true" />
          Add
        </Button>
      )}
    </div>
  );
}
