// At every width each page fits: nothing leaves its container or the window, and nothing covers a control or the title.

import path from "node:path";
import { expect, test } from "../support/test.js";
import { findLayoutProblems } from "../support/layout.js";
import { table } from "../support/pages.js";
import { fillCart, PAGES, someOrders, visit } from "../support/tour.js";

const PICTURES = path.resolve(import.meta.dirname, "../screenshots");
const WIDTHS = {
  360: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  390: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  1180: { viewport: { width: 1180, height: 820 } },
};

for (const [who, pages] of Object.entries(PAGES)) {
  for (const [width, device] of Object.entries(WIDTHS)) {
    test(`every page of ${who === "admin" ? "an" : "a"} ${who} fits, ${width} pixels wide`, async ({
      people,
      server,
    }) => {
      const options = { ...device, reducedMotion: "reduce" };
      const customer = who === "customer" ? await people.customer("Maximiliane Holm-Brandenburg", options) : undefined;
      const account = customer?.account ?? (await server.asha());
      const orders = await someOrders(server, account);
      await largeOrder(server, account);
      const person = customer ?? (who === "admin" ? await people.admin(options) : await people.visitor(options));
      if (customer) await fillCart(person.page);
      for (const [name, entry] of Object.entries(pages)) {
        await visit(person, entry, orders);
        await person.page.screenshot({
          path: path.join(PICTURES, `narrow-${name}-${width}.png`),
          fullPage: !entry.last,
          animations: "disabled",
        });
        expect.soft(await findLayoutProblems(person.page), name).toEqual([]);
      }
    });
  }
}

test("on a phone the bar of selected orders fits and can be closed", async ({ customer, people }) => {
  const order = await customer.account.order();
  const { page } = await people.admin({ ...WIDTHS[360], reducedMotion: "reduce" });
  await page.goto("/admin");
  const box = table(page).row(order).getByRole("checkbox");
  await box.tap();
  const bar = page.getByRole("region", { name: "Selected orders" });
  await expect(bar).toContainText("1 selected");
  for (const button of await bar.getByRole("button").all()) await expect(button).toBeInViewport({ ratio: 1 });
  const grid = table(page).grid;
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  const bottom = async (of) => of.boundingBox().then(({ y, height }) => y + height);
  const last = grid.getByRole("row").last();
  await expect
    .poll(async () => (await bottom(last)) <= (await bar.boundingBox()).y, "no row ends below the bar")
    .toBe(true);
  await bar.getByRole("button", { name: "Clear selection" }).tap();
  await expect(bar).toHaveCount(0);
  await expect(box).not.toBeChecked();
});

test("the console's order table is as high as the window", async ({ people }) => {
  const { page } = await people.admin(WIDTHS[1180]);
  await page.goto("/admin");
  await expect(table(page).top).toBeVisible();
  const hidden = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  expect(hidden).toBe(0);
});

/** An order with a total of millions and a very long word, for tiles and rows with large numbers and long names. */
async function largeOrder(server, account) {
  const staff = await server.admin();
  const product = await staff.call("POST", "/api/v1/products", {
    name: "Donaudampfschifffahrtsgesellschaftskapitänskaffeemaschine-Sonderausführung with roasting drum",
    price: { amount: 123_456_789, currency: "EUR" },
    stock: 50,
  });
  await account.call("POST", "/api/v1/orders", {
    items: [{ productId: product.id, quantity: 9 }],
    shippingAddress: { name: "Asha Rao", line1: "1 Lantern Street", city: "Pune", country: "IN" },
    paymentMethod: "cash_on_delivery",
  });
}
