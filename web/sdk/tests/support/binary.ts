import { existsSync } from "node:fs";
import path from "node:path";

/** The server that the tests run against. */
export const BINARY = path.resolve(process.env["ORDERCAST_BIN"] ?? path.join(import.meta.dirname, "../../../../target/debug/ordercast"));

/** Whether it is there. What is left out without it is said, and never passes silently. */
export const HAS_BINARY = existsSync(BINARY);

if (!HAS_BINARY) {
  const message = `\n*** LEFT OUT: every test against the real server. There is no ${BINARY}: build it, or name it in ORDERCAST_BIN. ***\n`;
  console.error(message);
}
