import { memo } from "react";

import { ProductPicture } from "../../shop/ProductPicture";
import { Badge, Button, formatMoney, Table, Td, Th, Tr } from "../../ui";
import type { Product } from "../data/types";
import { stockLevel, type StockLevel } from "./product";
import styles from "./ProductsPage.module.css";

export interface ProductTableProps {
  products: readonly Product[];
  onEdit: (id: string) => void;
  onStock: (id: string) => void;
}

export function ProductTable({ products, onEdit, onStock }: ProductTableProps) {
  return (
    <Table label="Products" className={styles.table}>
      <thead>
        <Tr>
          <Th>Product</Th>
          <Th className={styles.wide}>Category</Th>
          <Th numeric className={styles.price}>
            Price
          </Th>
          <Th numeric className={styles.wide}>
            On hand
          </Th>
          <Th numeric className={styles.wide}>
            Reserved
          </Th>
          <Th numeric>Available</Th>
          <Th className={styles.end}>
            <span className="visually-hidden">Actions</span>
          </Th>
        </Tr>
      </thead>
      <tbody>
        {products.map((product) => (
          <ProductRow key={product.id} product={product} onEdit={onEdit} onStock={onStock} />
        ))}
      </tbody>
    </Table>
  );
}

const LEVELS: Record<StockLevel, { label: string; tone: "warning" | "error" | "neutral" } | undefined> = {
  archived: { label: "Archived", tone: "neutral" },
  out: { label: "Sold out", tone: "error" },
  low: { label: "Low", tone: "warning" },
  ok: undefined,
};

const ProductRow = memo(function ProductRow({
  product,
  onEdit,
  onStock,
}: { product: Product } & Omit<ProductTableProps, "products">) {
  const level = LEVELS[stockLevel(product)];
  return (
    <Tr>
      <Td>
        <button type="button" className={styles.product} onClick={() => onEdit(product.id)}>
          <ProductPicture image={product.image} className={styles.picture} />
          <span className={styles.names}>
            <span className={styles.name}>
              <span className="visually-hidden">Edit </span>
              {product.name}
            </span>
            <span className={styles.sku}>
              {product.sku}
              <span className={styles.secondary}>{formatMoney(product.price)}</span>
            </span>
          </span>
        </button>
      </Td>
      <Td className={styles.wide}>{product.category}</Td>
      <Td numeric className={styles.price}>
        {formatMoney(product.price)}
      </Td>
      <Td numeric className={styles.wide}>
        {product.stock?.onHand}
      </Td>
      <Td numeric className={styles.wide}>
        {product.stock?.reserved}
      </Td>
      <Td numeric>
        <span className={styles.available}>
          {level && <Badge tone={level.tone}>{level.label}</Badge>}
          {/* Animates a count that changed. */}
          <span key={product.available} className={styles.count}>
            {product.available}
          </span>
        </span>
      </Td>
      <Td className={styles.end}>
        <Button size="sm" aria-label={`Stock of ${product.name}`} onClick={() => onStock(product.id)}>
          Stock
        </Button>
      </Td>
    </Tr>
  );
});
