// One order in the customer's window and in the admin's.

import { expect, newCustomer, test } from "../support/test.js";
import { card, table, tile, tracking } from "../support/pages.js";
import { fillCheckout, placeOrder } from "../support/shopping.js";

test("an order placed in the shop appears at the top of the admin's open table, with a toast for both", async ({
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
  await expect(tracking(customer.page).summary).toContainText("Pending");
});

test("over plain HTTP, as from a phone on the local network, an order can be placed and tracked", async ({
  people,
  server,
  admin,
}) => {
  const customer = await people.arrive(
    await newCustomer(server, "Mira Holm"),
    {},
    { url: `http://shop.test:${server.port}` },
  );
  // Browsers log this for every page served without TLS.
  customer.monitor.expect(/Cross-Origin-Opener-Policy header has been ignored/);
  await customer.open("/");
  expect(await customer.page.evaluate(() => globalThis.isSecureContext)).toBe(false);
  await fillCheckout(customer.page);
  const order = await placeOrder(customer.page);
  await admin.account.setStatus(order, "processing");
  await expect(tracking(customer.page).summary).toContainText("Processing");
});

test("after a lost response the page does not claim that nothing was ordered, and ordering again places one order", async ({
  people,
  server,
}) => {
  const customer = await people.arrive(await newCustomer(server, "Mira Holm"));
  customer.monitor.expect(/ERR_FAILED/);
  const { page } = customer;
  await customer.open("/");
  await fillCheckout(page);
  // The request reaches the server; the response is lost.
  const lost = (url) => url.pathname === "/api/v1/orders";
  await page.route(lost, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    await route.abort();
  });
  await page.getByRole("button", { name: "Place order" }).click();
  await expect(page.getByText("We don’t know yet whether your order went through")).toBeVisible({ timeout: 30_000 });
  await page.unroute(lost);
  await page.getByLabel("City", { exact: true }).fill("Altona");
  const order = await placeOrder(page);
  const { orders } = await customer.account.call("GET", "/api/v1/orders");
  expect(orders.map(({ number }) => number)).toEqual([order.number]);
  await expect(page.getByText("Hamburg")).toBeVisible();
});

test("the customer's other page shows the order, and does not announce it as new", async ({ customer, admin }) => {
  await customer.open("/orders");
  const order = await customer.account.order();
  await expect(card(customer.page, order)).toContainText("Pending");
  await admin.account.setStatus(order, "processing");
  await expect(customer.toast("Order status: processing")).toContainText(`Order #${order.number}`);
  await expect(customer.toast("Order placed")).toHaveCount(0);
});

test("a status set in the table updates the customer's page and shows a toast", async ({ customer, admin }) => {
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

test("a cancellation by the customer updates the row and the tiles, with a toast for both", async ({
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
  await dialog.getByLabel("Reason").fill("Ordered twice");
  await dialog.getByRole("button", { name: "Cancel order" }).click();

  await expect(customer.toast("Order cancelled")).toHaveAttribute("data-severity", "warning");
  await expect(tracking(customer.page).summary).toContainText("Cancelled by you: “Ordered twice”");
  await expect(table(admin.page).row(order)).toContainText("Cancelled");
  await expect(admin.toast(`Order #${order.number} cancelled by customer`)).toHaveAttribute("data-severity", "warning");
  await expect.poll(() => numberIn(cancelledToday)).toBe(before + 1);
});

test("once processing has started the page says why the customer cannot cancel", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  await expect(customer.page.getByRole("button", { name: "Cancel order" })).toBeVisible();
  await admin.account.setStatus(order, "processing");
  await expect(
    customer.page.getByText("Processing has started, so it can no longer be cancelled online."),
  ).toBeVisible();
  await expect(customer.page.getByRole("button", { name: "Cancel order" })).toBeHidden();
});

test("a cancellation by staff shows the customer a yellow toast, and other staff see who did it", async ({
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

  await ben.page.getByRole("button", { name: "More actions" }).click();
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

test("an admin cannot place orders", async ({ admin }) => {
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
