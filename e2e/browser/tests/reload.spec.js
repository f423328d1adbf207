// Pages that are opened while the server is away.

import { expect, test } from "../support/test.js";
import { startServer } from "../../support/server.js";
import { table, tile } from "../support/pages.js";

test("what could not be read on opening a page is read when the server is back", async ({ people }) => {
  const server = await startServer();
  try {
    const admin = await people.arrive(await server.admin(), {}, server);
    admin.monitor.expect(/ERR_|WebSocket connection to|Failed to load resource/);
    const { page } = admin;
    const order = await (await server.asha()).order();
    const pages = {
      "/admin": () => expect(table(page).row(order)).toBeVisible({ timeout: 40_000 }),
      "/admin/dashboard": () => expect(tile(page, "To process")).toContainText(/\d/, { timeout: 40_000 }),
      "/admin/products": () => expect(page.getByText("Paper bags")).toBeVisible({ timeout: 40_000 }),
      [`/admin/orders/${order.number}`]: () =>
        expect(page.getByRole("button", { name: "Start processing" })).toBeVisible({ timeout: 40_000 }),
      "/": () => expect(page.getByText("Paper bags")).toBeVisible({ timeout: 40_000 }),
    };
    for (const path of Object.keys(pages)) {
      await admin.open(path);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    }
    for (const [path, isShown] of Object.entries(pages)) {
      // Offline from here, the page itself comes from the service worker.
      await admin.open(path);
      await server.kill();
      await page.reload();
      await expect(page.getByText(/could not be loaded|Offline|Reconnecting/).first()).toBeVisible();
      await server.start();
      await isShown();
      await expect(page.getByText("could not be loaded")).toHaveCount(0);
      await expect(page.getByText("No orders yet")).toHaveCount(0);
    }
  } finally {
    await server.remove();
  }
});

test("a page whose code cannot be loaded opens when the connection is back, and the others work meanwhile", async ({
  people,
}) => {
  const admin = await people.admin({ serviceWorkers: "block" });
  admin.monitor.expect(
    /ERR_FAILED|Failed to fetch|could not be loaded|Unable to preload|Service worker registration failed/,
  );
  const { page } = admin;
  await admin.open("/admin");
  await page.evaluate(() => (globalThis.isSamePage = true));
  const nav = page.getByRole("navigation", { name: "Console" });
  const away = /\/assets\/console\/(Dashboard|Products)|\/api\/v1\/config/;
  await page.route(away, (route) => route.abort());
  await nav.getByRole("link", { name: "Dashboard" }).click();
  await expect(page.getByText("This page could not be loaded")).toBeVisible();
  await expect(page.getByText("Your cart")).toHaveCount(0);
  await nav.getByRole("link", { name: /^Orders/ }).click();
  await expect(table(page).top).toBeVisible();
  await nav.getByRole("link", { name: "Products" }).click();
  await expect(page.getByText("This page could not be loaded")).toBeVisible();
  await page.unroute(away);
  await expect(page.getByRole("button", { name: "Edit Paper bags" })).toBeVisible();
  await nav.getByRole("link", { name: "Dashboard" }).click();
  await expect(tile(page, "To process")).toContainText(/\d/);
  // With its styles, and without a reload.
  await expect(tile(page, "To process").locator("a, div").first()).toHaveCSS("border-radius", /[1-9]/);
  expect(await page.evaluate(() => globalThis.isSamePage)).toBe(true);
});

test("a page whose code a proxy refuses for a while opens by itself", async ({ people }) => {
  const admin = await people.admin({ serviceWorkers: "block" });
  admin.monitor.expect(/Failed to load resource|Failed to fetch|Unable to preload|Service worker registration failed/);
  const { page } = admin;
  await admin.open("/admin");
  const refused = /\/assets\/console\/Dashboard/;
  await page.route(refused, (route) => route.fulfill({ status: 503, contentType: "text/html", body: "Busy" }));
  await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Dashboard" }).click();
  // The server answers, so it may have been upgraded. The page reloads once before it waits.
  await expect(page.getByText("This page could not be loaded")).toBeVisible({ timeout: 20_000 });
  await page.unroute(refused);
  await expect(tile(page, "To process")).toContainText(/\d/);
});
