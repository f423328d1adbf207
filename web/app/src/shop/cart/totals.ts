import type { MoneyValue } from "../../ui";
import type { Product } from "../products";

/** A line of the cart. Name and price are those at the time of adding, so that a change can be reported. */
export interface CartLine {
  productId: string;
  name: string;
  price: MoneyValue;
  quantity: number;
}

export type Cart = readonly CartLine[];

/** The largest quantity of one product in an order. */
export const MAX_QUANTITY = 10_000;

/** Sets the quantity of a product; 0 removes it. */
export function setQuantity(cart: Cart, product: Pick<Product, "id" | "name" | "price">, quantity: number): Cart {
  const clamped = Math.max(0, Math.min(MAX_QUANTITY, Math.trunc(quantity)));
  if (clamped === 0) return cart.filter((line) => line.productId !== product.id);
  const line: CartLine = { productId: product.id, name: product.name, price: product.price, quantity: clamped };
  return cart.some((other) => other.productId === product.id)
    ? cart.map((other) => (other.productId === product.id ? line : other))
    : [...cart, line];
}

/** The cart with the current names and prices of these products. */
export function withPrices(cart: Cart, products: readonly Pick<Product, "id" | "name" | "price">[]): Cart {
  return cart.map((line) => {
    const product = products.find(({ id }) => id === line.productId);
    return product ? { ...line, name: product.name, price: product.price } : line;
  });
}

export function quantityOf(cart: Cart, productId: string): number {
  return cart.find((line) => line.productId === productId)?.quantity ?? 0;
}

/** The number of items. */
export function countOf(cart: Cart): number {
  return cart.reduce((count, line) => count + line.quantity, 0);
}

export function lineTotal({ price, quantity }: CartLine): MoneyValue {
  return { amount: price.amount * quantity, currency: price.currency };
}

/** The total; undefined for an empty cart or one with several currencies. */
export function totalOf(cart: Cart): MoneyValue | undefined {
  const currency = cart[0]?.price.currency;
  if (currency === undefined || cart.some((line) => line.price.currency !== currency)) return undefined;
  return { amount: cart.reduce((sum, line) => sum + line.price.amount * line.quantity, 0), currency };
}

/** Why a line cannot be ordered as it is, or that its price changed. */
export type CartIssue =
  | { kind: "gone" }
  | { kind: "sold_out" }
  | { kind: "too_few"; available: number }
  | { kind: "price"; was: MoneyValue; now: MoneyValue };

/** `catalogue` must be complete: a product that is not in it counts as gone. */
export function cartIssue(line: CartLine, catalogue: readonly Product[]): CartIssue | undefined {
  const product = catalogue.find((product) => product.id === line.productId);
  if (!product) return { kind: "gone" };
  if (product.available === 0) return { kind: "sold_out" };
  if (product.available < line.quantity) return { kind: "too_few", available: product.available };
  if (product.price.amount !== line.price.amount || product.price.currency !== line.price.currency)
    return { kind: "price", was: line.price, now: product.price };
  return undefined;
}
