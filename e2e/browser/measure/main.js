// What a person waits for, measured in the browser. Prints figures; passes no judgement, and is no test.
//   npm run measure:browser            ORDERCAST_BINARY=…/release/ordercast for another binary

import { chromium } from "@playwright/test";
import { startServer } from "../../support/server.js";
import { launchOptions } from "../support/chromium.js";
import { measureCrowd } from "./crowd.js";
import { measureWaits } from "./waits.js";

const browser = await chromium.launch(launchOptions());
console.log(`Chromium ${browser.version()}, ${process.env.ORDERCAST_BINARY ?? "the debug binary"}`);
try {
  for (const measure of [measureWaits, measureCrowd]) {
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
