import { useSyncExternalStore } from "react";

import { onPersistedChange, persistence } from "../../persistence";
import { countOf, setQuantity, withPrices, type Cart, type CartLine } from "./totals";
import type { Product } from "../products";

// One cart per browser, shared by its tabs; it survives reloads and sign-ins.
const NAME = "cart";
const listeners = new Set<() => void>();
let cart: Cart = read();
let stopFollowing: (() => void) | undefined;

function read(): Cart {
  const stored = persistence.read<unknown>(NAME);
  return Array.isArray(stored) ? stored.filter(isLine) : [];
}

function isLine(stored: unknown): stored is CartLine {
  if (!stored || typeof stored !== "object") return false;
  const { productId, name, price, quantity } = stored as Partial<CartLine>;
  return (
    typeof productId === "string" &&
    typeof name === "string" &&
    Number.isInteger(quantity) &&
    typeof price?.amount === "number" &&
    typeof price.currency === "string"
  );
}

function set(next: Cart) {
  cart = next;
  for (const listener of listeners) listener();
}

function save(next: Cart) {
  persistence.write(NAME, next);
  set(next);
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) {
    stopFollowing = onPersistedChange(NAME, () => set(read()));
    cart = read();
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) stopFollowing?.();
  };
}

export function useCart(): Cart {
  return useSyncExternalStore(subscribe, () => cart);
}

/** The number of items in the cart. */
export function useCartCount(): number {
  return useSyncExternalStore(subscribe, () => countOf(cart));
}

export function putInCart(product: Pick<Product, "id" | "name" | "price">, quantity: number) {
  save(setQuantity(cart, product, quantity));
}

/** Takes over the current names and prices of these products. */
export function updatePrices(products: readonly Pick<Product, "id" | "name" | "price">[]) {
  save(withPrices(cart, products));
}

export function emptyCart() {
  save([]);
}
