import type { MoneyValue } from "../../ui";
import type { Product } from "../products";

/** What somebody wants. The name and the price are those they saw, so that a change of either can be told. */
export interface CartLine {
  productId: string;
  name: string;
  price: MoneyValue;
  quantity: number;
}

export type Cart = readonly CartLine[];

/** The most of one product that an order takes. */
export const MOST = 10_000;

/** Sets how many of a product are wanted; none takes it out. */
export function setQuantity(cart: Cart, product: Pick<Product, "id" | "name" | "price">, quantity: number): Cart {
  const wanted = Math.max(0, Math.min(MOST, Math.trunc(quantity)));
  if (wanted === 0) return cart.filter((line) => line.productId !== product.id);
  const line: CartLine = { productId: product.id, name: product.name, price: product.price, quantity: wanted };
  return cart.some((other) => other.productId === product.id)
    ? cart.map((other) => (other.productId === product.id ? line : other))
    : [...cart, line];
}

export function quantityOf(cart: Cart, productId: string): number {
  return cart.find((line) => line.productId === productId)?.quantity ?? 0;
}

/** How many things, all in all. */
export function countOf(cart: Cart): number {
  return cart.reduce((count, line) => count + line.quantity, 0);
}

export function lineTotal({ price, quantity }: CartLine): MoneyValue {
  return { amount: price.amount * quantity, currency: price.currency };
}

/** The sum, or nothing where there is none: an empty cart, or one of several currencies. */
export function totalOf(cart: Cart): MoneyValue | undefined {
  const currency = cart[0]?.price.currency;
  if (currency === undefined || cart.some((line) => line.price.currency !== currency)) return undefined;
  return { amount: cart.reduce((sum, line) => sum + line.price.amount * line.quantity, 0), currency };
}

/** What the catalogue says by now that the cart does not know. */
export type Trouble =
  | { kind: "gone" }
  | { kind: "sold_out" }
  | { kind: "too_few"; available: number }
  | { kind: "price"; was: MoneyValue; now: MoneyValue };

/** `catalogue` is whole: what is not in it is not sold any more. */
export function troubleOf(line: CartLine, catalogue: readonly Product[]): Trouble | undefined {
  const product = catalogue.find((product) => product.id === line.productId);
  if (!product) return { kind: "gone" };
  if (product.available === 0) return { kind: "sold_out" };
  if (product.available < line.quantity) return { kind: "too_few", available: product.available };
  if (product.price.amount !== line.price.amount || product.price.currency !== line.price.currency)
    return { kind: "price", was: line.price, now: product.price };
  return undefined;
}
