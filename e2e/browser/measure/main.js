// Prints how long users wait, measured in the browser. Not a test. Usage: npm run measure:browser
// (ORDERCAST_BINARY=…/release/ordercast selects another binary)

import { chromium } from "@playwright/test";
import { startServer } from "../../support/server.js";
import { launchOptions } from "../support/chromium.js";
import { measureBusyTable } from "./busyTable.js";
import { measureLatency } from "./latency.js";

const browser = await chromium.launch(launchOptions());
console.log(`Chromium ${browser.version()}, ${process.env.ORDERCAST_BINARY ?? "the debug binary"}`);
try {
  for (const measure of [measureLatency, measureBusyTable]) {
    const server = await startServer();
    try {
      await measure(browser, server);
    } finally {
      await server.remove();
    }
  }
} finally {
  await browser.close();
}
