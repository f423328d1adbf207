import { useSyncExternalStore } from "react";

import { countOf, setQuantity, type Cart, type CartLine } from "./maths";
import type { Product } from "../products";

// One cart for each browser, shared by its tabs, there again after a reload or a sign-in.
const KEY = "ordercast.cart";
const listeners = new Set<() => void>();
let cart: Cart = read();

function read(): Cart {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isLine) : [];
  } catch {
    return [];
  }
}

function isLine(kept: unknown): kept is CartLine {
  if (!kept || typeof kept !== "object") return false;
  const { productId, name, price, quantity } = kept as Partial<CartLine>;
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

function change(next: Cart) {
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Storage is refused: the cart lasts as long as the page.
  }
  set(next);
}

function onStorage(event: StorageEvent) {
  if (event.key === KEY || event.key === null) set(read());
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) {
    window.addEventListener("storage", onStorage);
    cart = read();
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", onStorage);
  };
}

export function useCart(): Cart {
  return useSyncExternalStore(subscribe, () => cart);
}

/** How many things are in it. */
export function useCartCount(): number {
  return useSyncExternalStore(subscribe, () => countOf(cart));
}

export function putInCart(product: Pick<Product, "id" | "name" | "price">, quantity: number) {
  change(setQuantity(cart, product, quantity));
}

export function emptyCart() {
  change([]);
}
