// What may happen while somebody is at the checkout.

import { expect, test } from "../support/test.js";
import { ADDRESS, fillCheckout } from "../support/shopping.js";

test("after a price changed at the checkout, lines and total show the new price, and the next attempt succeeds", async ({
  customer,
  admin,
}) => {
  const { page } = customer;
  const product = await admin.account.call("POST", "/api/v1/products", {
    name: "Rising tea",
    price: { amount: 1000, currency: "EUR" },
    stock: 10,
  });
  await fillCheckout(page, "Rising tea");
  const order = page.getByRole("region", { name: "Your order" });
  await expect(order).toContainText("€10.00");
  await admin.account.call("PUT", `/api/v1/products/${product.id}`, { price: { amount: 1250, currency: "EUR" } });

  customer.monitor.expect(/409/);
  await page.getByRole("button", { name: "Place order" }).click();
  await expect(page.getByText("The total has changed")).toBeVisible();
  await expect(page.getByText(/The total is now €12.50, it was €10.00/)).toBeVisible();
  await expect(order.getByRole("listitem").filter({ hasText: "Rising tea" })).toContainText("€12.50");
  await page.getByRole("button", { name: "Place order" }).click();
  await expect(page).toHaveURL(/\/orders\/[^/]+$/);
});

test("a session that ends during the checkout keeps what was typed for the same person", async ({
  customer,
  server,
}) => {
  const { page, account } = customer;
  customer.monitor.expect(/401|WebSocket connection to/);
  await fillCheckout(page);
  await page.getByLabel("Postal code").fill("20457");
  await server.shop.send("POST", "/api/v1/auth/logout", undefined, { authorization: `Bearer ${account.token}` });
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.getByLabel("Email").fill(account.user.email);
  await page.getByLabel("Password").fill(`${account.user.email.split("@")[0]} likes black tea`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Checkout" })).toBeVisible();
  for (const [label, value] of Object.entries({ ...ADDRESS, "Postal code (optional)": "20457" }))
    await expect(page.getByLabel(label, { exact: true })).toHaveValue(value);
});

test("signing in continues on this host only", async ({ people }) => {
  const { page } = await people.visitor();
  await page.goto("/sign-in?next=/%09/evil.example");
  await page.getByRole("button", { name: /Continue as Asha Rao/ }).click();
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  await expect(page.getByRole("searchbox", { name: "Search products" })).toBeVisible();
});

test("a store without products says so", async ({ people }) => {
  const { page } = await people.visitor();
  await page.route("**/api/v1/products?*", (route) => route.fulfill({ json: { products: [] } }));
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "No products yet" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Show all products" })).toHaveCount(0);
});

test("an unpaid order's page says until when the server reserves the items, and threatens no cancellation", async ({
  customer,
}) => {
  const order = await customer.account.order({ paymentMethod: "online" });
  expect(Date.parse(order.payment.reservedUntil) - Date.parse(order.createdAt)).toBe(15 * 60_000);
  await customer.open(`/orders/${order.id}`);
  const until = order.payment.reservedUntil.slice(11, 16);
  await expect(customer.page.getByText(`The items are reserved for you until ${until}.`)).toBeVisible();
  await expect(customer.page.getByText(/is cancelled at/)).toHaveCount(0);
});
