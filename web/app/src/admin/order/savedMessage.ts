import type { Severity } from "../../ui";
import type { Field } from "./fields";

/** The toast after saving fields other than the status. Notes are internal, so no customer is mentioned. */
export function savedMessage(fields: readonly Field[], live: number | null): { message: string; severity: Severity } {
  const isVisibleToCustomer = fields.some((field) => field !== "note");
  if (!isVisibleToCustomer) return { message: "Note saved.", severity: "success" };
  if (live === null) return { message: "Order updated.", severity: "success" };
  if (live > 0) return { message: "Order updated. Customer will be notified in real-time!", severity: "success" };
  return { message: "Order updated. Customer is offline and will see it in their notifications.", severity: "info" };
}
