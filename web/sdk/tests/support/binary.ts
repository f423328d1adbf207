import { existsSync } from "node:fs";
import path from "node:path";

const { ORDERCAST_BINARY, CARGO_TARGET_DIR } = process.env;
/** The server that the tests run against. */
export const BINARY =
  ORDERCAST_BINARY ?? path.resolve(import.meta.dirname, "../../../..", CARGO_TARGET_DIR ?? "target", "debug/ordercast");

/** Whether it is there. What is left out without it is said, and never passes silently. */
export const HAS_BINARY = existsSync(BINARY);

if (!HAS_BINARY) {
  // Whoever names one wants the tests to run.
  if (ORDERCAST_BINARY) throw new Error(`ORDERCAST_BINARY is ${BINARY}, and there is nothing.`);
  const message = `\n*** LEFT OUT: every test against the real server. There is no ${BINARY}: build it, or name it in ORDERCAST_BINARY. ***\n`;
  console.error(message);
}
