import type { Status } from "@ordercast/client";

/** The id of the toast of a failed change, which goes when the change is made after all. */
export function failedToastId(order: string, change: Status | "fields"): string {
  return `failed-${order}-${change}`;
}
