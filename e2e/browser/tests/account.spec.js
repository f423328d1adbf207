// What a page shows when another account signs in in the same browser.

import { cookiesOf } from "../support/person.js";
import { expect, newCustomer, test } from "../support/test.js";
import { ADDRESS, fillCheckout } from "../support/shopping.js";

test("a page that stays open while somebody else signs in keeps nothing that the first person typed", async ({
  customer,
  server,
}) => {
  const { page } = customer;
  await fillCheckout(page);
  const other = await newCustomer(server, "Jonas Weber");
  await customer.context.addCookies(cookiesOf(other, server.url));
  await customer.openTab("/orders");
  await expect(page.getByLabel("Full name", { exact: true })).toHaveValue("Jonas Weber");
  await expect(page.getByLabel("City", { exact: true })).toHaveValue("");
  await expect(page.getByText(ADDRESS["Street and house number"])).toHaveCount(0);
});

test("staff create a password link for a customer, from an order and by e-mail address", async ({
  customer,
  admin,
  server,
}) => {
  const order = await customer.account.order();
  const { page } = admin;
  const dialog = page.getByRole("dialog");
  const createdLink = async () => {
    await dialog.getByRole("button", { name: "Create link" }).click();
    return dialog.getByLabel("Reset link").inputValue();
  };
  await admin.open(`/admin/orders/${order.number}`);
  await page.getByRole("button", { name: "Password reset link…" }).click();
  const first = await createdLink();
  expect(first).toMatch(new RegExp(`^http://localhost:${server.port}/reset-password#token=.+`));
  await dialog.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("button", { name: "Reset a customer's password…" }).click();
  await dialog.getByLabel("E-mail address").fill(customer.account.user.email);
  const second = await createdLink();
  const body = { token: second.split("#token=")[1], password: "a new password of theirs" };
  expect((await server.shop.send("POST", "/api/v1/auth/password-reset", body)).ok).toBe(true);
  const signIn = { email: customer.account.user.email, password: body.password };
  expect((await server.shop.send("POST", "/api/v1/auth/login", signIn)).ok).toBe(true);
});
