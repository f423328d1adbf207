// The installed app, and the app without a network.

import { expect, test } from "../support/test.js";
import { tracking } from "../support/pages.js";

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
