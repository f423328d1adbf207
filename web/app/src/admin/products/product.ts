// A product as its form has it, and what of it is to be said.

import { dirtyFields, type Fields } from "../order/conflict";
import type { Product, ProductChange } from "../data/types";

export const PRODUCT_FIELDS = ["name", "price", "category", "sku", "description", "image"] as const;
export type ProductField = (typeof PRODUCT_FIELDS)[number];
export type ProductDraft = Partial<Record<ProductField, string>>;

export const PRODUCT_FIELD_NAMES: Record<ProductField, string> = {
  name: "Name",
  price: "Price",
  category: "Category",
  sku: "Article number",
  description: "Description",
  image: "Picture",
};

/** At so few, somebody should order more. */
export const LOW = 5;

export type StockLevel = "archived" | "out" | "low" | "fine";

export function stockLevel(product: Pick<Product, "available" | "archived">): StockLevel {
  if (product.archived) return "archived";
  if (product.available === 0) return "out";
  return product.available <= LOW ? "low" : "fine";
}

/** How many digits of the currency's minor unit: 2 for euro, 0 for yen. */
function digitsOf(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

export function priceText({ amount, currency }: Product["price"]): string {
  const digits = digitsOf(currency);
  return (amount / 10 ** digits).toFixed(digits);
}

/** "12.50" and "12,5" as minor units; undefined where it is no amount of this currency. */
export function parsePrice(text: string, currency: string): number | undefined {
  const match = /^(\d{1,10})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match) return undefined;
  const digits = digitsOf(currency);
  const fraction = match[2] ?? "";
  if (fraction.length > digits) return undefined;
  return Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, "0") || 0);
}

export function productFields(product: Product): Record<ProductField, string> {
  return {
    name: product.name,
    price: priceText(product.price),
    category: product.category ?? "",
    sku: product.sku ?? "",
    description: product.description ?? "",
    image: product.image ?? "",
  };
}

export const NO_PRODUCT: Record<ProductField, string> = {
  name: "",
  price: "",
  category: "",
  sku: "",
  description: "",
  image: "",
};

/** What cannot be saved as it is. The API changes these and empties none. */
export function productErrors(
  base: Fields,
  draft: ProductDraft,
  currency: string,
): Partial<Record<ProductField, string>> {
  const errors: Partial<Record<ProductField, string>> = {};
  const value = (field: ProductField) => (draft[field] ?? base[field] ?? "").trim();
  if (value("name") === "") errors.name = "Give it a name.";
  if (parsePrice(value("price"), currency) === undefined) errors.price = "Write an amount, such as 12.50.";
  for (const field of ["category", "sku", "description", "image"] as const) {
    if ((base[field] ?? "") !== "" && value(field) === "") errors[field] = "It can be changed, not emptied.";
  }
  return errors;
}

/** What to know of a picture: the browser shows it only from here and from hosts that the operator named. */
export function pictureHint(image: string, origins: readonly string[]): string {
  const elsewhere = image.startsWith("https://") && URL.canParse(image) ? new URL(image) : undefined;
  if (elsewhere && !origins.includes(elsewhere.origin)) {
    return `These pages do not show pictures from ${elsewhere.host} until the server's option image_origins names ${elsewhere.origin}.`;
  }
  return "A path on this host, an https:// address, or a small picture itself as data:image/…";
}

/** Only what was changed: what somebody else changed meanwhile stays. */
export function productChange(base: Fields, draft: ProductDraft, currency: string): ProductChange {
  const dirty: ProductDraft = dirtyFields(base, draft);
  const change: ProductChange = {};
  for (const field of ["name", "category", "sku", "description", "image"] as const) {
    const text = dirty[field]?.trim();
    if (text) change[field] = text;
  }
  const amount = dirty.price === undefined ? undefined : parsePrice(dirty.price, currency);
  if (amount !== undefined) change.price = { amount, currency };
  return change;
}

export interface ProductFilter {
  text: string;
  show: "selling" | "low" | "archived";
}

/** Those shown, as the shop's shelves stand: by category, then by name. */
export function arrangedProducts(products: Iterable<Product>, { text, show }: ProductFilter): Product[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (product: Product) => {
    const level = stockLevel(product);
    if (show === "archived" ? level !== "archived" : level === "archived") return false;
    if (show === "low" && level === "fine") return false;
    const searched = `${product.name} ${product.sku ?? ""} ${product.category ?? ""}`.toLocaleLowerCase();
    return words.every((word) => searched.includes(word));
  };
  return [...products]
    .filter(fits)
    .sort((a, b) => (a.category ?? "").localeCompare(b.category ?? "") || a.name.localeCompare(b.name));
}
