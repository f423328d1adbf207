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
