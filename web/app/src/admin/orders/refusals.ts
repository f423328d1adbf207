import type { BulkOutcome } from "../data/types";

export interface RefusalGroup {
  code: string;
  detail: string;
  orders: string[];
}

/** The refused orders grouped by reason, largest group first. */
export function groupRefusals(outcomes: readonly BulkOutcome[]): RefusalGroup[] {
  const groups = new Map<string, RefusalGroup>();
  for (const { order, ok, code, detail } of outcomes) {
    if (ok) continue;
    const key = `${code ?? ""}\n${detail ?? ""}`;
    const group = groups.get(key) ?? { code: code ?? "refused", detail: detail ?? "Refused.", orders: [] };
    group.orders.push(order);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.orders.length - a.orders.length);
}
