// The keyboard focus stays where the person works.

import { expect, test } from "../support/test.js";
import { focusWith, press, pressKey, type } from "../support/keyboard.js";
import { table } from "../support/pages.js";
import { ADDRESS } from "../support/shopping.js";

test("adding, removing and ordering keep the focus near", async ({ customer }) => {
  const { page } = customer;
  await customer.open("/");
  const add = page.getByRole("button", { name: "Add Paper bags to the cart" });
  const more = page.getByRole("button", { name: "Increase quantity of Paper bags" });
  await press(page, add);
  await expect(more).toBeFocused();
  await page.getByRole("button", { name: "Remove Paper bags" }).focus();
  await pressKey(page, "Enter");
  await expect(add).toBeFocused();
  await pressKey(page, "Enter");
  await expect(more).toBeFocused();

  await page
    .getByRole("button", { name: /^Add (?!Paper)/ })
    .first()
    .click();
  await page.goto("/cart");
  const lines = page.getByRole("region", { name: "Items" }).getByRole("listitem");
  await expect(lines).toHaveCount(2);
  await lines
    .nth(1)
    .getByRole("button", { name: /^Remove/ })
    .focus();
  await pressKey(page, "Enter");
  await expect(lines).toHaveCount(1);
  await expect(lines.first().getByRole("button").first()).toBeFocused();

  await page.goto("/checkout");
  for (const [label, value] of Object.entries(ADDRESS))
    await type(page, page.getByLabel(label, { exact: true }), value);
  await press(page, page.getByRole("button", { name: "Place order" }));
  await expect(page.getByRole("heading", { name: /^Order #/ })).toBeFocused();
  await page.goto("/");
  await press(page, add);
  await page.goto("/cart");
  await page.getByRole("button", { name: "Remove Paper bags" }).focus();
  await pressKey(page, "Enter");
  await expect(page.getByRole("heading", { name: "Your cart", exact: true })).toBeFocused();
});

test("back from an order, the keyboard goes on at its row", async ({ customer, admin }) => {
  const { page } = admin;
  const orders = [];
  for (let count = 0; count < 4; count += 1) orders.push(await customer.account.order());
  await admin.open("/admin");
  const row = table(page).row(orders[1]);
  await focusWith(page, "j", table(page).top);
  await row.focus();
  await pressKey(page, "Enter");
  await expect(page.getByRole("heading", { name: `#${orders[1].number}` })).toBeFocused();
  await page.goBack();
  await expect(row).toBeVisible();
  await focusWith(page, "j", row);
  await pressKey(page, "j");
  await expect(table(page).row(orders[0])).toBeFocused();
});

test("the focus stays near when an action takes its own control away", async ({ customer, admin }) => {
  const { page } = customer;
  const order = await customer.account.order();
  await admin.account.setStatus(order, "processing");
  await customer.openAndRead("/notifications");
  await press(page, page.getByRole("button", { name: "Mark all as read" }));
  await expect(page.getByRole("group", { name: "Show" }).getByRole("button").first()).toBeFocused();

  await admin.account.setStatus(order, "shipped");
  await admin.openAndRead(`/admin/orders/${order.number}`);
  await press(admin.page, admin.page.getByRole("button", { name: "Mark as delivered" }));
  await expect(admin.page.getByRole("button", { name: "More actions" })).toBeFocused();

  await admin.openAndRead("/admin");
  const row = table(admin.page).row(order);
  await row.focus();
  await pressKey(admin.page, "x");
  await press(admin.page, admin.page.getByRole("button", { name: "Clear selection" }));
  await expect(row).toBeFocused();

  // Other tests need the products of the shop.
  const price = { amount: 500, currency: "EUR" };
  await admin.account.call("POST", "/api/v1/products", { name: "Chipped mug", price, stock: 1 });
  await admin.openAndRead("/admin/products");
  await press(admin.page, admin.page.getByRole("button", { name: "Edit Chipped mug" }));
  await press(admin.page, admin.page.getByRole("button", { name: "Archive" }));
  await expect(admin.page.getByRole("heading", { name: "Products" })).toBeFocused();
});
