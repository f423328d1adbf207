// One amount, from the price that staff type to every page and program that shows it.

import { readFile } from "node:fs/promises";

import { expect, newCustomer, test } from "../support/test.js";
import { startServer } from "../../support/server.js";
import { bell, lines, table, tile } from "../support/pages.js";
import { fillCheckout, placeOrder } from "../support/shopping.js";

const PRODUCT = "Walnut tray";

/** Prices with all the digits that ISO 4217 gives the currency, and the sum of two. */
const CURRENCIES = [
  { currency: "HUF", price: "1234.56", sum: "2469.12" },
  { currency: "IDR", price: "15000.25", sum: "30000.50" },
  { currency: "JPY", price: "1980", sum: "3960" },
  { currency: "KWD", price: "1.234", sum: "2.468" },
  { currency: "EUR", price: "12.34", sum: "24.68" },
  { currency: "USD", price: "9.99", sum: "19.98" },
];

for (const { currency, price, sum } of CURRENCIES) {
  test(`a price in ${currency} is the same amount everywhere`, async ({ people }) => {
    const server = await startServer("--store-currency", currency);
    try {
      await sell(people, server, { currency, price, sum });
    } finally {
      await server.remove();
    }
  });
}

test("on a first visit no amount is shown before the server has told its digits", async ({ people }) => {
  const server = await startServer("--store-currency", "HUF");
  try {
    const admin = await server.admin();
    const product = {
      name: PRODUCT,
      price: { amount: 119_050, currency: "HUF" },
      stock: 5,
    };
    await admin.call("POST", "/api/v1/products", product);
    const { page, context } = await people.arrive(await newCustomer(server, "Mira Holm"), {}, server);
    let refused = 0;
    await context.route("**/api/v1/config", (route) =>
      // A proxy answers like this while the server starts.
      ++refused > 2 ? route.fallback() : route.fulfill({ contentType: "text/html", body: "Starting…" }),
    );
    await page.goto(`${server.url}/`);
    await expect(page.getByRole("status").filter({ hasText: "The shop cannot be reached" })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: PRODUCT })).toContainText(amount("1190.50"));
    expect(refused).toBeGreaterThan(2);
    await context.close();
  } finally {
    await server.remove();
  }
});

async function sell(people, server, { currency, price, sum }) {
  const admin = await people.arrive(await server.admin(), {}, server);
  const customer = await people.arrive(await newCustomer(server, "Mira Holm"), {}, server);
  const watch = await server.watch();
  const nav = admin.page.getByRole("navigation", { name: "Console" });

  await admin.open("/admin/products");
  await admin.page.getByRole("button", { name: "Add product" }).click();
  const dialog = admin.page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill(PRODUCT);
  await dialog.getByLabel(`Price (${currency})`).fill(price);
  await dialog.getByLabel("Stock").fill("100");
  await dialog.getByRole("button", { name: "Add product" }).click();
  await expect(dialog).toBeHidden();
  await expect(admin.page.getByRole("row").filter({ hasText: PRODUCT })).toContainText(amount(price));
  // The list has just changed, and a click right after that does nothing.
  await expect(async () => {
    const edit = admin.page.getByRole("button", { name: `Edit ${PRODUCT}` });
    if (await dialog.isHidden()) await edit.click({ timeout: 2000 });
    await expect(dialog.getByLabel(`Price (${currency})`)).toHaveValue(price, { timeout: 4000 });
  }).toPass();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await watch.line(new RegExp(`${PRODUCT}.*price ${inEnglish(price, currency)} `));

  const { page } = customer;
  await customer.open("/");
  await expect(page.getByRole("listitem").filter({ hasText: PRODUCT })).toContainText(amount(price));
  await fillCheckout(page, PRODUCT, 2);
  await expect(page.getByRole("region", { name: "Your order" })).toContainText(amount(sum));
  const order = await placeOrder(page);
  await expect(page.getByRole("main")).toContainText(amount(price));
  await expect(page.getByRole("main")).toContainText(amount(sum));
  await bell(page).click();
  await expect(lines(page).first()).toContainText(amount(sum));
  await watch.line(new RegExp(`#${order.number} .* ${inEnglish(sum, currency)} `));

  await nav.getByRole("link", { name: "Orders, 1 new" }).click();
  await expect(table(admin.page).row(order)).toContainText(amount(sum));
  const exported = await exportOf(admin.page);
  expect([exported.number, exported.currency, exported.total]).toEqual([order.number, currency, sum]);
  expect(exported.items).toBe(`2 × ${PRODUCT} (${price})`);
  await expect(async () => {
    const link = table(admin.page)
      .row(order)
      .getByRole("link", { name: `#${order.number}` });
    if (await link.isVisible()) await link.click({ timeout: 2000 });
    await expect(admin.page.getByRole("heading", { name: `#${order.number}` })).toBeVisible({ timeout: 4000 });
  }).toPass();
  await expect(admin.page.getByRole("main")).toContainText(amount(price));
  await expect(admin.page.getByRole("main")).toContainText(amount(sum));

  const minor = (text) => ({ amount: Number(text.replace(".", "")), currency });
  const { orders } = await admin.account.call("GET", "/api/v1/orders?limit=1");
  expect([orders[0].number, orders[0].total]).toEqual([order.number, minor(sum)]);
  expect(orders[0].items.map(({ unitPrice }) => unitPrice)).toEqual([minor(price)]);

  const [revenue] = (await admin.account.call("GET", "/api/v1/stats")).today.revenue;
  const digits = price.split(".")[1]?.length ?? 0;
  await nav.getByRole("link", { name: "Dashboard" }).click();
  await expect(tile(admin.page, "Revenue today")).toContainText(
    amount((revenue.amount / 10 ** digits).toFixed(digits)),
  );
  // A page would complain of the server's end.
  for (const { context } of [admin, customer]) await context.close();
}

/** The newest order of the file that the console exports. */
async function exportOf(page) {
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^orders-\d{4}-\d{2}-\d{2}\.csv$/);
  const [headings, newest] = (await readFile(await download.path(), "utf8")).replace("\uFEFF", "").split("\r\n");
  // No field of these orders has a comma or a quotation mark.
  const fields = newest.split(",");
  return Object.fromEntries(headings.split(",").map((heading, at) => [heading, fields[at]]));
}

/** Matches an amount as a page writes it, with no digit more or less. */
function amount(text) {
  return new RegExp(`(?<![\\d.,])${grouped(text)}(?![\\d.,]*\\d)`);
}

/** For a regular expression: an amount as `ordercast watch` prints it. */
function inEnglish(text, currency) {
  const symbol = { EUR: "€", JPY: "¥", USD: "\\$" }[currency];
  return `${symbol ?? `${currency}\\s`}${grouped(text)}`;
}

/** For a regular expression: an amount with separators between thousands. */
function grouped(text) {
  const [whole, fraction] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), fraction].filter(Boolean).join("\\.");
}
