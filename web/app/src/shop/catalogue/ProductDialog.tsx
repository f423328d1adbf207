import { Badge, Button, Money } from "../../ui";
import { Dialog } from "../../ui/Dialog";
import { putInCart } from "../cart/cart";
import type { Product } from "../products";
import { ProductPicture } from "../ProductPicture";
import { QuantityStepper } from "../QuantityStepper";
import styles from "./ProductDialog.module.css";
import { stockNote } from "./stock";

/**
 * A product's details. The address names the product, so that it can be shared and the back button closes the dialog.
 */
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
        <div className={styles.text}>
          {product.category && <p className={styles.category}>{product.category}</p>}
          <Money value={product.price} className={styles.price} />
          {product.description && <p>{product.description}</p>}
          <p>{note ? <Badge tone={note.tone}>{note.label}</Badge> : <Badge tone="success">In stock</Badge>}</p>
          {canOrder && (
            <div className={styles.order}>
              {quantity > 0 ? (
                <QuantityStepper
                  wide
                  productName={product.name}
                  quantity={quantity}
                  available={product.available}
                  onChange={(next) => putInCart(product, next)}
                />
              ) : (
                <Button
                  variant="primary"
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
