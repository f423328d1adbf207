import type { OrderEvent, Product } from "../data/types";

export type ProductMap = ReadonlyMap<string, Product>;

/** Adds or replaces a product, unless a newer version is known. Orders change stock without a new version. */
export function withProduct(products: ProductMap, product: Product): ProductMap {
  const known = products.get(product.id);
  return known && known.version > product.version ? products : new Map(products).set(product.id, product);
}

/** Whether an order event reserves, releases or consumes stock. */
export function changesStock({ kind, status, previousStatus }: Pick<OrderEvent, "kind" | "status" | "previousStatus">) {
  return kind === "order.created" || (status !== previousStatus && status !== "paid");
}
