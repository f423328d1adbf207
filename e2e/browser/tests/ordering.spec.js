// An order in two windows: rows A1, A4, A6, A7, A8.

import { expect, newCustomer, test } from "../support/test.js";
import { card, table, tile, tracking } from "../support/pages.js";
import { fillCheckout, placeOrder } from "../support/shopping.js";

test("A1 A6 an order placed by hand stands at the top of the admin's open table, and both are told", async ({
  people,
  admin,
}) => {
  await admin.open("/admin");
  const customer = await people.visitor();
  await customer.page.goto("/sign-in");
  await customer.page.getByRole("button", { name: /Continue as Asha Rao/ }).click();
  await expect(customer.indicator).toHaveAccessibleName("Connection: Live");

  await fillCheckout(customer.page);
  const order = await placeOrder(customer.page);

  await expect(table(admin.page).top).toContainText(`#${order.number}`);
  await expect(table(admin.page).top).toContainText("Asha Rao");
  await expect(table(admin.page).top).toContainText("Pending");
  await expect(admin.toast(`New order #${order.number} from Asha Rao!`)).toHaveAttribute("data-severity", "info");
  await expect(customer.toast("Order placed")).toHaveAttribute("data-severity", "success");
  await expect(tracking(customer.page).stand).toContainText("Pending");
});

test("A1 A6 over plain HTTP, as from a phone in the same network, an order is placed and followed too", async ({
  people,
  server,
  admin,
}) => {
  const customer = await people.arrive(
    await newCustomer(server, "Mira Holm"),
    {},
    { url: `http://shop.test:${server.port}` },
  );
  // Browsers say so of every page that came without TLS.
  customer.watch.expect(/Cross-Origin-Opener-Policy header has been ignored/);
  await customer.open("/");
  expect(await customer.page.evaluate(() => globalThis.isSecureContext)).toBe(false);
  await fillCheckout(customer.page);
  const order = await placeOrder(customer.page);
  await admin.account.setStatus(order, "processing");
  await expect(tracking(customer.page).stand).toContainText("Processing");
});

test("A1 X6 where the answer was lost, nobody is told that nothing was ordered, and ordering again orders once", async ({
  people,
  server,
}) => {
  const customer = await people.arrive(await newCustomer(server, "Mira Holm"));
  customer.watch.expect(/ERR_FAILED/);
  const { page } = customer;
  await customer.open("/");
  await fillCheckout(page);
  // The order gets there; what the server says does not.
  const lost = (url) => url.pathname === "/api/v1/orders";
  await page.route(lost, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    await route.abort();
  });
  await page.getByRole("button", { name: "Place order" }).click();
  await expect(page.getByText("We do not know yet whether your order arrived")).toBeVisible({ timeout: 30_000 });
  await page.unroute(lost);
  await page.getByLabel("City", { exact: true }).fill("Altona");
  const order = await placeOrder(page);
  const { orders } = await customer.account.call("GET", "/api/v1/orders");
  expect(orders.map(({ number }) => number)).toEqual([order.number]);
  await expect(page.getByText("Hamburg")).toBeVisible();
});

test("A6 the customer's other page shows the order too", async ({ customer }) => {
  await customer.open("/orders");
  const order = await customer.account.order();
  await expect(card(customer.page, order)).toContainText("Pending");
  await expect(customer.toast("Order placed")).toBeVisible();
});

test("A5 A7 a status set in the table changes the customer's page, and they are told", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.open("/orders");
  await admin.open("/admin");

  await table(admin.page)
    .row(order)
    .getByRole("button", { name: `Process order ${order.number}` })
    .click();
  await expect(customer.toast("Order status: processing")).toHaveAttribute("data-severity", "info");
  await expect(card(customer.page, order)).toContainText("Processing");
  await expect(table(admin.page).row(order)).toContainText("Processing");
});

test("A3 A8 cancelled by the customer: the row turns, the tiles follow, both are told", async ({
  people,
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  await admin.open("/admin");
  const dashboard = await people.admin();
  await dashboard.open("/admin/dashboard");
  const cancelledToday = tile(dashboard.page, "Cancelled today");
  await expect(cancelledToday).toContainText(/\d/);
  const before = await numberIn(cancelledToday);
  await expect(table(admin.page).row(order)).toContainText("Pending");

  await customer.open(`/orders/${order.id}`);
  await customer.page.getByRole("button", { name: "Cancel order" }).click();
  const dialog = customer.page.getByRole("dialog", { name: `Cancel order #${order.number}?` });
  await dialog.getByLabel("Why").fill("Ordered twice");
  await dialog.getByRole("button", { name: "Yes, cancel it" }).click();

  await expect(customer.toast("Order cancelled")).toHaveAttribute("data-severity", "warning");
  await expect(tracking(customer.page).stand).toContainText("Cancelled by you: “Ordered twice”");
  await expect(table(admin.page).row(order)).toContainText("Cancelled");
  await expect(admin.toast(`Order #${order.number} cancelled by customer`)).toHaveAttribute("data-severity", "warning");
  await expect.poll(() => numberIn(cancelledToday)).toBe(before + 1);
});

test("A3 once processing has begun the page says why the customer cannot cancel", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  await expect(customer.page.getByRole("button", { name: "Cancel order" })).toBeVisible();
  await admin.account.setStatus(order, "processing");
  await expect(
    customer.page.getByText("Processing has started, so it cannot be cancelled here any more."),
  ).toBeVisible();
  await expect(customer.page.getByRole("button", { name: "Cancel order" })).toBeHidden();
});

test("A8 cancelled by staff: the customer's toast is yellow, the other staff see who did it", async ({
  people,
  server,
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  const ben = await people.arrive(await server.addStaff("Ben Okafor"));
  await customer.open("/orders");
  await admin.open("/admin");
  await ben.open(`/admin/orders/${order.number}`);

  await ben.page.getByRole("button", { name: "Other steps" }).click();
  await ben.page.getByRole("menuitem", { name: /^Cancel order/ }).click();
  const dialog = ben.page.getByRole("dialog", { name: `Cancel order #${order.number}?` });
  await dialog.getByLabel("Reason").fill("Sold out");
  await dialog.getByRole("button", { name: "Cancel order" }).click();

  await expect(customer.toast("Order cancelled")).toHaveAttribute("data-severity", "warning");
  await expect(card(customer.page, order)).toContainText("Cancelled");
  await expect(admin.toast(`Order #${order.number} cancelled by Ben Okafor`)).toHaveAttribute(
    "data-severity",
    "warning",
  );
  await table(admin.page).row(order).getByRole("link").click();
  await expect(tracking(admin.page).timeline.first()).toContainText("Cancelled");
  await expect(tracking(admin.page).timeline.first()).toContainText("Ben Okafor");
});

test("A4 an admin finds no way to order", async ({ admin }) => {
  await admin.open("/");
  await expect(admin.page.getByRole("heading", { level: 2 }).first()).toBeVisible();
  await expect(admin.page.getByRole("button", { name: /cart/ })).toHaveCount(0);
  await expect(admin.page.getByRole("link", { name: /^Cart/ })).toHaveCount(0);
  await admin.page.getByRole("heading", { level: 2 }).first().getByRole("link").click();
  const dialog = admin.page.getByRole("dialog");
  await expect(dialog.getByText("In stock")).toBeVisible();
  await expect(dialog.getByRole("button", { name: /cart/ })).toHaveCount(0);
  await admin.page.goto("/checkout");
  await expect(admin.page.getByRole("button", { name: "Place order" })).toHaveCount(0);
});

async function numberIn(tile) {
  return Number(/\d+/.exec(await tile.textContent())[0]);
}
