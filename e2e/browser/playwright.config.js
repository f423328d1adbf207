import { defineConfig } from "@playwright/test";
import { launchOptions } from "./support/chromium.js";

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  // Each worker has a server of its own; more of them would only wait for each other.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    trace: "retain-on-failure",
  },
});
