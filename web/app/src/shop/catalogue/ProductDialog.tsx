import { Badge, Button, Money } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import { putInCart } from "../cart/cart";
import type { Product } from "../products";
import { ProductPicture } from "../ProductPicture";
import { QuantityStepper } from "../QuantityStepper";
import styles from "./ProductDialog.module.css";
import { stockNote } from "./stock";

/** A product in full. Its address is the page's own, so that it can be sent, and the way back closes it. */
export default function ProductDialog({
  product,
  quantity,
  canOrder,
  onClose,
}: {
  product: Product;
  quantity: number;
  canOrder: boolean;
  onClose: () => void;
}) {
  const note = stockNote(product.available);
  return (
    <Dialog wide open onOpenChange={(open) => !open && onClose()} title={product.name}>
      <div className={styles.product}>
        <ProductPicture image={product.image} faded={product.available === 0} />
        <div className={styles.words}>
          {product.category && <p className={styles.category}>{product.category}</p>}
          <Money value={product.price} className={styles.price} />
          {product.description && <p>{product.description}</p>}
          <p>{note ? <Badge tone={note.tone}>{note.words}</Badge> : <Badge tone="success">In stock</Badge>}</p>
          {canOrder && (
            <div className={styles.order}>
              {quantity > 0 ? (
                <QuantityStepper
                  wide
                  of={product.name}
                  quantity={quantity}
                  available={product.available}
                  onChange={(next) => putInCart(product, next)}
                />
              ) : (
                <Button
                  look="primary"
                  size="lg"
                  wide
                  disabled={product.available === 0}
                  onClick={() => putInCart(product, 1)}
                >
                  Add to cart
                </Button>
              )}
            </div>
          )}
        </div>
      </div>
    </Dialog>
  );
}
