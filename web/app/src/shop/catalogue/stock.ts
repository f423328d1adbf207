import type { Tone } from "../../orders/status";

const FEW = 5;

/** What a customer wants to know about the stock, or nothing where there is plenty. */
export function stockNote(available: number): { words: string; tone: Tone } | undefined {
  if (available === 0) return { words: "Sold out", tone: "neutral" };
  if (available <= FEW) return { words: `Only ${available} left`, tone: "warning" };
  return undefined;
}
