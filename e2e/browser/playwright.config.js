import { defineConfig } from "@playwright/test";
import { launchOptions } from "./support/chromium.js";

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  // Each worker runs its own server; more workers would only slow each other down.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  // A flaky test has found a bug; a retry would hide it.
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    trace: "retain-on-failure",
  },
});
