// The installed app, and the app without a network.

import { expect, test } from "../support/test.js";
import { bell, card, lines, table, tile, tracking } from "../support/pages.js";

test("the app can be installed: the manifest has a name, a start URL and existing icons", async ({ customer }) => {
  await customer.open("/");
  const manifest = await customer.page.evaluate(async () => {
    const { href } = document.querySelector("link[rel=manifest]");
    const manifest = await (await fetch(href)).json();
    const icons = manifest.icons.map(async (icon) => {
      const picture = new Image();
      picture.src = new URL(icon.src, href);
      await picture.decode();
      return { ...icon, loaded: `${picture.naturalWidth}x${picture.naturalHeight}` };
    });
    return { ...manifest, icons: await Promise.all(icons) };
  });
  expect(manifest.name).toBeTruthy();
  expect(manifest.display).toBe("standalone");
  expect(manifest.start_url).toBeTruthy();
  const pictures = manifest.icons.filter(({ sizes }) => sizes !== "any");
  expect(pictures.map(({ loaded }) => loaded)).toEqual(pictures.map(({ sizes }) => sizes));
  expect(pictures.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(["192x192", "512x512"]));
});

test("the tracking page reloads offline with the last known state, says so, and catches up when online", async ({
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  await customer.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await admin.account.setStatus(order, "processing");
  await expect(tracking(customer.page).summary).toContainText("Processing");

  customer.monitor.expect(/ERR_INTERNET_DISCONNECTED|WebSocket connection to/);
  await customer.context.setOffline(true);
  await customer.page.reload();
  await expect(tracking(customer.page).summary).toContainText("Processing");
  await expect(tracking(customer.page).timeline).toHaveCount(2);
  await expect(customer.page.getByText("You’re offline")).toBeVisible();
  await expect(customer.liveState).toHaveAttribute("data-state", /connecting|offline/);

  await admin.account.setStatus(order, "shipped");
  await customer.context.setOffline(false);
  await expect(customer.liveState).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  await expect(tracking(customer.page).summary).toContainText("Shipped");
  await expect(tracking(customer.page).timeline).toHaveCount(3);
  await expect(customer.page.getByText("You’re offline")).toBeHidden();
});

test("offline, every page shows the last known state with its time, and a signed-out browser keeps none of it", async ({
  customer,
  admin,
}) => {
  const { page } = customer;
  const order = await customer.account.order();
  const delivered = await customer.account.order();
  for (const status of ["processing", "shipped", "delivered"]) await admin.account.setStatus(delivered, status);
  const total = page.getByRole("definition").filter({ hasText: /^2$/ });
  const notification = lines(page).filter({ hasText: delivered.number });
  const product = page.getByRole("heading", { level: 2, name: "Paper bags" });
  await customer.open("/");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect(product).toBeVisible();
  await customer.open("/orders");
  await expect(card(page, order)).toBeVisible();
  await customer.open("/notifications");
  await expect(notification.first()).toBeVisible();
  await customer.open("/profile");
  await expect(total).toBeVisible();

  customer.monitor.expect(/ERR_INTERNET_DISCONNECTED|WebSocket (connection to|is already in CLOSING)/);
  await customer.context.setOffline(true);
  const isLastKnown = async () => {
    await expect(page.getByText(/^This is the last known state, from .*\d\d:\d\d/)).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  };
  await page.goto("/profile");
  await expect(total).toBeVisible();
  await isLastKnown();
  await page.goto("/orders");
  await expect(card(page, order)).toBeVisible();
  await isLastKnown();
  await page.getByRole("tab", { name: "Delivered" }).click();
  await expect(card(page, delivered)).toBeVisible();
  await expect(card(page, order)).toHaveCount(0);
  await isLastKnown();
  await page.goto(`/orders/${order.id}`);
  await expect(tracking(page).summary).toContainText("Pending");
  await isLastKnown();
  await page.goto("/notifications");
  await expect(notification.first()).toBeVisible();
  await isLastKnown();
  await page.goto("/");
  await expect(product).toBeVisible();
  await isLastKnown();
  await bell(page).click();
  await expect(page.getByText(/^Last known state, from /)).toBeVisible();
  await expect(notification.first()).toBeVisible();

  await customer.context.setOffline(false);
  await expect(page.getByText(/^This is the last known state/)).toBeHidden({ timeout: 20_000 });
  await page.goto("/profile");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => /known|orders:|account/.test(key)));
  expect(kept).toEqual([]);
});

test("offline, every page of the console shows the last known state with its time, and nothing untrue", async ({
  customer,
  admin,
}) => {
  const { page } = admin;
  const order = await customer.account.order();
  const [visited, cancelled] = [await customer.account.order(), await customer.account.order()];
  await admin.account.cancel(cancelled, "Sold out");
  const known = page.getByRole("region", { name: "Last known orders, newest first" });
  const knownRow = ({ number }) =>
    known.getByRole("row").filter({ has: page.getByRole("link", { name: `#${number}` }) });
  const hours = page.getByRole("region", { name: "Orders per hour, today" });
  const product = page.getByRole("row").filter({ hasText: "Paper bags" });
  const isLastKnown = async () => {
    await expect(page.getByText(/^This is the last known state, from .*\d\d:\d\d/)).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  };
  await admin.open("/admin");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect(table(page).row(cancelled)).toContainText("Cancelled");
  await admin.open("/admin/dashboard");
  await expect(hours.getByText(/in total/)).toBeAttached();
  await expect(tile(page, "Orders today")).toContainText(/\d/);
  await admin.open("/admin/products");
  await expect(product).toBeVisible();
  // The code of a page is on the device after its first visit.
  await admin.openAndRead(`/admin/orders/${visited.number}`);
  await admin.open("/admin");
  await expect(table(page).row(order)).toBeVisible();

  admin.monitor.expect(/ERR_INTERNET_DISCONNECTED|WebSocket (connection to|is already in CLOSING)/);
  await admin.context.setOffline(true);
  await isLastKnown();
  await expect(table(page).row(order)).toBeVisible();
  await page.goto("/admin");
  await expect(knownRow(order)).toContainText("Pending");
  await isLastKnown();
  await page
    .getByRole("group", { name: "Status" })
    .getByRole("button", { name: /^Cancelled/ })
    .click();
  await expect(knownRow(cancelled)).toContainText("Cancelled");
  await expect(knownRow(order)).toHaveCount(0);
  await isLastKnown();
  await page.goto(`/admin/orders/${order.number}`);
  await expect(page.getByRole("region", { name: "Status" })).toContainText("Pending");
  await isLastKnown();
  await page.goto("/admin/dashboard");
  await expect(hours.getByText(/in total/)).toBeAttached();
  await expect(tile(page, "Orders today")).toContainText(/\d/);
  await isLastKnown();
  await page.getByRole("combobox", { name: "Chart period" }).selectOption("30");
  await expect(page.getByRole("region", { name: /^Top products/ })).toContainText("Not loaded");
  await expect(page.getByText(/Nothing yet|Nothing sold yet/)).toHaveCount(0);
  await page.goto("/admin/products");
  await expect(product).toBeVisible();
  await isLastKnown();

  await admin.context.setOffline(false);
  await expect(page.getByText(/^This is the last known state/)).toBeHidden({ timeout: 20_000 });
});
