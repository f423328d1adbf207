import { existsSync } from "node:fs";
import path from "node:path";

const { ORDERCAST_BINARY, CARGO_TARGET_DIR } = process.env;
/** The server under test. */
export const BINARY =
  ORDERCAST_BINARY ?? path.resolve(import.meta.dirname, "../../../..", CARGO_TARGET_DIR ?? "target", "debug/ordercast");

/** Whether the binary exists. Without it, tests are skipped with a loud message. */
export const HAS_BINARY = existsSync(BINARY);

if (!HAS_BINARY) {
  // Naming a binary means that the tests have to run.
  if (ORDERCAST_BINARY) throw new Error(`ORDERCAST_BINARY is ${BINARY}, and there is nothing.`);
  const message = `\n*** LEFT OUT: every test against the real server. There is no ${BINARY}: build it, or name it in ORDERCAST_BINARY. ***\n`;
  console.error(message);
}
