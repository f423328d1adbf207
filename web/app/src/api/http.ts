import { OrdercastProblem } from "@ordercast/client";

/** The message to show for an error. */
export function messageOf(error: unknown): string {
  return error instanceof OrdercastProblem ? error.detail : "Something went wrong. Please try again.";
}

/** Whether the request may have taken effect although it failed: there was no response, or a server error. */
export function isOutcomeUnknown(error: unknown): boolean {
  return !(error instanceof OrdercastProblem) || error.status < 400 || error.status === 408 || error.status >= 500;
}
