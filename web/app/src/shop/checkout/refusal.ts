import { Problem } from "../../api/http";
import type { MoneyValue } from "../../ui";

/** Why an order was not taken, as far as the customer can do something about it on this page. */
export type Refusal =
  | { kind: "out_of_stock"; productId: string; name: string; available: number }
  | { kind: "archived"; productId: string; name: string }
  | { kind: "total_changed"; total: MoneyValue }
  | { kind: "fields"; fields: ReadonlyMap<string, string> }
  | { kind: "other"; message: string };

function isMoney(value: unknown): value is MoneyValue {
  return typeof value === "object" && value !== null && "amount" in value && typeof value.amount === "number" && "currency" in value && typeof value.currency === "string";
}

/** `fallback` says what to tell of anything else. */
export function refusalOf(error: unknown, fallback: (error: unknown) => string): Refusal {
  const other: Refusal = { kind: "other", message: fallback(error) };
  if (!(error instanceof Problem)) return other;
  const { product, productName, available, currentTotal } = error.body;
  const named = { productId: typeof product === "string" ? product : "", name: typeof productName === "string" ? productName : "One of these" };
  switch (error.code) {
    case "out_of_stock":
      return { kind: "out_of_stock", ...named, available: typeof available === "number" ? available : 0 };
    case "product_archived":
    case "product_not_found":
      return { kind: "archived", ...named };
    case "total_changed":
      return isMoney(currentTotal) ? { kind: "total_changed", total: currentTotal } : other;
    case "invalid_body":
      return error.fields.size > 0 ? { kind: "fields", fields: error.fields } : other;
    default:
      return other;
  }
}
