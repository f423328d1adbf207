import type { Severity } from "../../ui";
import type { Field } from "./fields";

/** What to say when something other than the status was saved (row C5). Notes are the store's own. */
export function savedWords(fields: readonly Field[], live: number | null): { message: string; severity: Severity } {
  const toldOf = fields.some((field) => field !== "note");
  if (!toldOf) return { message: "Note saved.", severity: "success" };
  if (live === null) return { message: "Order updated.", severity: "success" };
  if (live > 0) return { message: "Order updated. Customer will be notified in real-time!", severity: "success" };
  return { message: "Order updated. Customer is offline and will see it in their notifications.", severity: "info" };
}
