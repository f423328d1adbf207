import { beforeEach, describe, expect, it } from "vitest";

import { setCurrencyDigits } from "../../ui/money";
import type { Product } from "../data/types";
import {
  countProducts,
  filterProducts,
  LOW_STOCK,
  parsePrice,
  pictureHint,
  priceText,
  productChange,
  productErrors,
  productFields,
  stockLevel,
} from "./product";

beforeEach(() => setCurrencyDigits({ JPY: 0, KWD: 3 }));

const product = (name: string, more: Partial<Product> = {}): Product => ({
  id: name,
  storeId: "main",
  name,
  price: { amount: 1190, currency: "EUR" },
  available: 20,
  archived: false,
  version: 1,
  category: "Tea",
  ...more,
});

describe("pictures", () => {
  const origins = ["https://shop.example", "https://cdn.example"];

  it.each([
    "",
    "/tea.webp",
    "data:image/svg+xml,<svg/>",
    "https://shop.example/tea.webp",
    "https://CDN.example/tea.webp",
    "https://",
  ])("%s can be shown", (image) => {
    expect(pictureHint(image, origins)).toMatch(/^A path/);
  });

  it("from a host that is not allowed are blocked, and the hint says what to do", () => {
    expect(pictureHint("https://elsewhere.example/tea.webp", origins)).toContain(
      "add https://elsewhere.example to the server option image_origins.",
    );
  });
});

it("the hint for a picture names the hosts that are allowed", () => {
  expect(pictureHint("", ["https://shop.example"])).toBe("A path on this host or a small data:image/… URL.");
  expect(pictureHint("", ["https://shop.example", "https://cdn.example"])).toContain("an https:// URL of cdn.example");
});

describe("parsing prices", () => {
  it.each([
    ["12.50", "EUR", 1250],
    ["12,5", "EUR", 1250],
    ["12", "EUR", 1200],
    ["0.99", "USD", 99],
    ["500", "JPY", 500],
    ["1.250", "KWD", 1250],
  ])("%s %s", (text, currency, amount) => {
    expect(parsePrice(text, currency)).toBe(amount);
  });

  it.each([
    ["", "EUR"],
    ["-1", "EUR"],
    ["12.505", "EUR"],
    ["1.5", "JPY"],
    ["free", "EUR"],
    ["1e3", "EUR"],
  ])("%s %s is invalid", (text, currency) => {
    expect(parsePrice(text, currency)).toBeUndefined();
  });

  it("is the reverse of formatting", () => {
    for (const price of [
      { amount: 5, currency: "EUR" },
      { amount: 123456, currency: "JPY" },
      { amount: 7, currency: "KWD" },
    ]) {
      expect(parsePrice(priceText(price), price.currency)).toBe(price.amount);
    }
  });
});

describe("the product form", () => {
  const base = productFields(product("Sencha", { sku: "TEA-1" }));

  it("sends only changed fields", () => {
    expect(productChange(base, { name: "Sencha", price: "12.00", category: " Green tea " }, "EUR")).toEqual({
      price: { amount: 1200, currency: "EUR" },
      category: "Green tea",
    });
    expect(productChange(base, { price: "11.90" }, "EUR")).toEqual({});
  });

  it("reports missing fields, and fields that cannot be cleared", () => {
    expect(Object.keys(productErrors({}, {}, "EUR"))).toEqual(["name", "price"]);
    expect(productErrors(base, { sku: "", description: "" }, "EUR")).toEqual({
      sku: "This can be changed but not cleared.",
    });
    expect(productErrors(base, {}, "EUR")).toEqual({});
  });
});

describe("the product list", () => {
  const all = [
    product("Sencha", { available: 0 }),
    product("Assam", { available: LOW_STOCK }),
    product("Mug", { category: "Ware", sku: "W-1" }),
    product("Old mug", { category: "Ware", archived: true, available: 0 }),
  ];
  const names = (show: "selling" | "low" | "archived", text = "") =>
    filterProducts(all, { text, show }).map(({ name }) => name);

  it("marks low stock", () => {
    expect(all.map(stockLevel)).toEqual(["out", "low", "ok", "archived"]);
  });

  it("is sorted by category and name", () => {
    expect(names("selling")).toEqual(["Assam", "Sencha", "Mug"]);
    expect(names("low")).toEqual(["Assam", "Sencha"]);
    expect(names("archived")).toEqual(["Old mug"]);
  });

  it("is searched by name, SKU and category", () => {
    expect(names("selling", "w-1")).toEqual(["Mug"]);
    expect(names("selling", "TEA sen")).toEqual(["Sencha"]);
    expect(names("selling", "coffee")).toEqual([]);
  });

  it("counts what each choice shows", () => {
    expect(countProducts(all, "")).toEqual({ selling: 3, low: 2, archived: 1 });
    expect(countProducts(all, "mug")).toEqual({ selling: 1, low: 0, archived: 1 });
  });
});
