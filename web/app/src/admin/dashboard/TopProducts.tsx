import { Card, EmptyState, formatInteger, formatMoney } from "../../ui";
import { ShoppingBasket } from "lucide-react";
import styles from "./Lists.module.css";

export interface TopProduct {
  productId: string;
  name: string;
  quantity: number;
  revenue: readonly { amount: number; currency: string }[] | { amount: number; currency: string };
}

/** The products that sold most in the period. */
export function TopProducts({ title, products }: { title: string; products: readonly TopProduct[] }) {
  const most = Math.max(1, ...products.map((product) => product.quantity));
  return (
    <Card title={title}>
      {products.length === 0 && <EmptyState icon={ShoppingBasket} title="Nothing sold yet" />}
      <ol className={styles.list}>
        {products.map(({ productId, name, quantity, revenue }) => (
          <li key={productId} className={styles.row}>
            <span className={styles.name}>{name}</span>
            <span className={styles.number}>
              {formatInteger(quantity)}{" "}
              <span className={styles.quiet}>· {[revenue].flat().map(formatMoney).join(" + ")}</span>
            </span>
            <span className={styles.track} aria-hidden="true">
              <span className={styles.fill} style={{ width: `${(quantity / most) * 100}%` }} />
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
