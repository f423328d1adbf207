import { OrdercastProblem, type Money } from "@ordercast/client";

import { messageOf } from "../../api/http";

/** Why an order was refused, as far as the customer can solve it on this page. */
export type Refusal =
  | { kind: "out_of_stock"; productId: string; name: string; available: number }
  | { kind: "archived"; productId: string; name: string }
  | { kind: "total_changed"; total: Money }
  | { kind: "fields"; fields: OrdercastProblem["errors"] }
  /** There was no response, or one that does not tell. */
  | { kind: "unknown"; message: string }
  | { kind: "other"; message: string };

function isMoney(value: unknown): value is Money {
  return (
    typeof value === "object" &&
    value !== null &&
    "amount" in value &&
    typeof value.amount === "number" &&
    "currency" in value &&
    typeof value.currency === "string"
  );
}

/** `isOpen`: an order with an unknown outcome exists, so the result is always `unknown`. */
export function refusalOf(error: unknown, isOpen: boolean): Refusal {
  if (isOpen) return { kind: "unknown", message: messageOf(error) };
  const other: Refusal = { kind: "other", message: messageOf(error) };
  if (!(error instanceof OrdercastProblem)) return other;
  const { product, productName, available, currentTotal } = error.body;
  const named = {
    productId: typeof product === "string" ? product : "",
    name: typeof productName === "string" ? productName : "A product",
  };
  switch (error.code) {
    case "out_of_stock":
      return { kind: "out_of_stock", ...named, available: typeof available === "number" ? available : 0 };
    case "product_archived":
    case "product_not_found":
      return { kind: "archived", ...named };
    case "total_changed":
      return isMoney(currentTotal) ? { kind: "total_changed", total: currentTotal } : other;
    case "invalid_body":
      return error.errors.length > 0 ? { kind: "fields", fields: error.errors } : other;
    default:
      return other;
  }
}
