// Installed, and without a network: row D26.

import { expect, test } from "../support/test.js";
import { tracking } from "../support/pages.js";

test("D26 the app can be installed: a manifest with a name, a start and icons that are there", async ({ customer }) => {
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

test("D26 the tracking page reloads without a network, shows the last known state and says so, and follows again", async ({
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  await customer.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await admin.account.setStatus(order, "processing");
  await expect(tracking(customer.page).stand).toContainText("Processing");

  customer.watch.expect(/ERR_INTERNET_DISCONNECTED|WebSocket connection to/);
  await customer.context.setOffline(true);
  await customer.page.reload();
  await expect(tracking(customer.page).stand).toContainText("Processing");
  await expect(tracking(customer.page).timeline).toHaveCount(2);
  await expect(customer.page.getByText("You are offline: this is the last known state")).toBeVisible();
  await expect(customer.indicator).toHaveAttribute("data-liveness", /waiting|lost/);

  await admin.account.setStatus(order, "shipped");
  await customer.context.setOffline(false);
  await expect(customer.indicator).toHaveAttribute("data-liveness", "live", { timeout: 20_000 });
  await expect(tracking(customer.page).stand).toContainText("Shipped");
  await expect(tracking(customer.page).timeline).toHaveCount(3);
  await expect(customer.page.getByText("You are offline: this is the last known state")).toBeHidden();
});
