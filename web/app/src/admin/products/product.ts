// A product as form text, with its validation.

import { fractionDigits } from "../../ui/money";
import type { Product, ProductChange } from "../data/types";
import { dirtyFields, type Fields } from "../order/conflict";

export const PRODUCT_FIELDS = ["name", "price", "category", "sku", "description", "image"] as const;
export type ProductField = (typeof PRODUCT_FIELDS)[number];
export type ProductDraft = Partial<Record<ProductField, string>>;

export const PRODUCT_FIELD_NAMES: Record<ProductField, string> = {
  name: "Name",
  price: "Price",
  category: "Category",
  sku: "SKU",
  description: "Description",
  image: "Picture",
};

/** Stock is low at this many or fewer. */
export const LOW_STOCK = 5;

export type StockLevel = "archived" | "out" | "low" | "ok";

export function stockLevel(product: Pick<Product, "available" | "archived">): StockLevel {
  if (product.archived) return "archived";
  if (product.available === 0) return "out";
  return product.available <= LOW_STOCK ? "low" : "ok";
}

export function priceText({ amount, currency }: Product["price"]): string {
  const digits = fractionDigits(currency);
  return (amount / 10 ** digits).toFixed(digits);
}

/** Parses "12.50" and "12,5" to minor units; undefined when the text is not an amount in this currency. */
export function parsePrice(text: string, currency: string): number | undefined {
  const match = /^(\d{1,10})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match) return undefined;
  const digits = fractionDigits(currency);
  const fraction = match[2] ?? "";
  if (fraction.length > digits) return undefined;
  return Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, "0") || 0);
}

/** An amount as it may be typed. */
export function priceExample(currency: string): string {
  return priceText({ amount: 1250, currency });
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

/** Validation messages by field. The API can change these fields but not clear them. */
export function productErrors(
  base: Fields,
  draft: ProductDraft,
  currency: string,
): Partial<Record<ProductField, string>> {
  const errors: Partial<Record<ProductField, string>> = {};
  const value = (field: ProductField) => (draft[field] ?? base[field] ?? "").trim();
  if (value("name") === "") errors.name = "Enter a name.";
  if (parsePrice(value("price"), currency) === undefined)
    errors.price = `Enter an amount, such as ${priceExample(currency)}.`;
  for (const field of ["category", "sku", "description", "image"] as const) {
    if ((base[field] ?? "") !== "" && value(field) === "") errors[field] = "This can be changed but not cleared.";
  }
  return errors;
}

/** The hint of the picture field. The browser shows pictures only from this host and from hosts in `image_origins`. */
export function pictureHint(image: string, origins: readonly string[]): string {
  const elsewhere = image.startsWith("https://") && URL.canParse(image) ? new URL(image) : undefined;
  if (elsewhere && !origins.includes(elsewhere.origin)) {
    return `Pictures from ${elsewhere.host} are blocked. To allow them, add ${elsewhere.origin} to the server option image_origins.`;
  }
  // The first origin is this host.
  const hosts = origins.slice(1).map((origin) => new URL(origin).host);
  const elsewhereToo = hosts.length > 0 ? `, an https:// URL of ${hosts.join(" or ")},` : "";
  return `A path on this host${elsewhereToo} or a small data:image/… URL.`;
}

/** Only the changed fields, so that other people's changes to other fields stay. */
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

/** How many products each choice of `show` lists for the search text. */
export function countProducts(products: Iterable<Product>, text: string): Record<ProductFilter["show"], number> {
  const all = [...products];
  const count = (show: ProductFilter["show"]) => all.filter((product) => fits(product, { text, show })).length;
  return { selling: count("selling"), low: count("low"), archived: count("archived") };
}

function fits(product: Product, { text, show }: ProductFilter): boolean {
  const level = stockLevel(product);
  if (show === "archived" ? level !== "archived" : level === "archived") return false;
  if (show === "low" && level === "ok") return false;
  const terms = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const searched = `${product.name} ${product.sku ?? ""} ${product.category ?? ""}`.toLocaleLowerCase();
  return terms.every((word) => searched.includes(word));
}

/** The matching products, sorted by category and name. */
export function filterProducts(products: Iterable<Product>, filter: ProductFilter): Product[] {
  return [...products]
    .filter((product) => fits(product, filter))
    .sort((a, b) => (a.category ?? "").localeCompare(b.category ?? "") || a.name.localeCompare(b.name));
}
