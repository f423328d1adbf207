import type { Order, OrderItem } from "@ordercast/client";

import { useProducts } from "../shop/products";
import { ProductPicture } from "../shop/ProductPicture";
import { Card, formatMoney, Money } from "../ui";
import styles from "./ItemsCard.module.css";

export function ItemsCard({ order }: { order: Order }) {
  // Pictures come from the current catalog; an order stores only names and prices.
  const { products } = useProducts();
  const count = order.items.reduce((sum, item) => sum + item.quantity, 0);
  return (
    <Card title={count === 1 ? "1 item" : `${count} items`}>
      <ul className={styles.items}>
        {order.items.map((item) => (
          <li key={item.productId} className={styles.item}>
            <ProductPicture
              image={products?.find((product) => product.id === item.productId)?.image}
              className={styles.picture}
            />
            <div className={styles.text}>
              <p>{item.name}</p>
              <p className={styles.unitPrice}>
                <span className="tabular">{item.quantity}</span> × {item.unitPrice ? formatMoney(item.unitPrice) : ""}
              </p>
            </div>
            {lineTotal(item)}
          </li>
        ))}
      </ul>
      {order.total && (
        <p className={styles.total}>
          <span>Total</span>
          <Money value={order.total} />
        </p>
      )}
    </Card>
  );
}

function lineTotal({ unitPrice, quantity }: OrderItem) {
  return unitPrice ? (
    <Money value={{ amount: unitPrice.amount * quantity, currency: unitPrice.currency }} className={styles.lineTotal} />
  ) : null;
}
