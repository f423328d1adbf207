import type { Tone } from "../../orders/status";

const LOW_STOCK = 5;

/** The stock label for customers; undefined when there is plenty. */
export function stockNote(available: number): { label: string; tone: Tone } | undefined {
  if (available === 0) return { label: "Sold out", tone: "neutral" };
  if (available <= LOW_STOCK) return { label: `Only ${available} left`, tone: "warning" };
  return undefined;
}
