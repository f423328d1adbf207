// The bell and the notification center.

import { expect, test } from "../support/test.js";
import { findAccessibilityViolations } from "../support/accessibility.js";
import { bell, lines } from "../support/pages.js";

test("the bell counts, the center shows relative times, and a notification opens its order", async ({
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  await customer.open("/");
  await expect(bell(customer.page)).toHaveAccessibleName("Notifications");
  await admin.account.setStatus(order, "processing");
  await expect(bell(customer.page)).toHaveAccessibleName("Notifications, 1 unread");
  await admin.account.setStatus(order, "shipped");
  await expect(bell(customer.page)).toHaveAccessibleName("Notifications, 2 unread");

  await bell(customer.page).click();
  const center = customer.page.getByRole("region", { name: "Notifications" });
  await expect(lines(customer.page).first()).toContainText(`#${order.number}`);
  await expect(lines(customer.page).first()).toContainText("just now");
  await center.press("Escape");
  await expect(center).toBeHidden();

  await bell(customer.page).click();
  await lines(customer.page).first().getByRole("link").click();
  await expect(customer.page).toHaveURL(`/orders/${order.id}`);
  await expect(center).toBeHidden();
  await expect(bell(customer.page)).toHaveAccessibleName("Notifications, 1 unread");
});

test("above ninety-nine the bell's accessible name matches its badge", async ({ customer, admin }) => {
  for (let placed = 0; placed < 100; placed += 1) await customer.account.order();
  await admin.open("/admin/dashboard");
  await expect(bell(admin.page)).toHaveAccessibleName("Notifications, 99+ unread");
  expect(await findAccessibilityViolations(admin.page)).toEqual([]);
});

test("relative times update while the page is open", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await admin.account.setStatus(order, "processing");
  await customer.page.clock.install();
  await customer.open("/notifications");
  await expect(lines(customer.page).first()).toContainText("just now");
  await customer.page.clock.runFor("05:00");
  await expect(lines(customer.page).first()).toContainText("5 minutes ago");
});

test("the center filters by category", async ({ customer, admin }) => {
  const [paid, cancelled] = [await customer.account.order(), await customer.account.order()];
  await admin.account.setStatus(paid, "paid");
  await admin.account.cancel(cancelled, "Sold out");
  await customer.open("/notifications");
  const show = customer.page.getByRole("group", { name: "Show" });
  await expect(lines(customer.page).filter({ hasText: `#${paid.number}` })).not.toHaveCount(0);

  await show.getByRole("button", { name: "Cancelled" }).click();
  await expect(show.getByRole("button", { name: "Cancelled" })).toHaveAttribute("aria-pressed", "true");
  await expect(lines(customer.page)).toHaveCount(1);
  await expect(lines(customer.page)).toContainText(`#${cancelled.number}`);

  await show.getByRole("button", { name: "Payments" }).click();
  await expect(lines(customer.page)).toHaveCount(1);
  await expect(lines(customer.page)).toContainText(`#${paid.number}`);

  await show.getByRole("button", { name: "Returns" }).click();
  await expect(customer.page.getByRole("heading", { name: "No notifications" })).toBeVisible();
});

test("marking one or all as read updates the second tab and the second browser", async ({
  people,
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  for (const status of ["processing", "shipped", "paid"]) await admin.account.setStatus(order, status);
  await customer.open("/notifications");
  const tab = await customer.openTab("/orders");
  const phone = await people.arrive(customer.account, { viewport: { width: 390, height: 844 } });
  await phone.open("/notifications");
  const everywhere = [customer.page, tab, phone.page];
  for (const page of everywhere) await expect(bell(page)).toHaveAccessibleName("Notifications, 3 unread");

  await lines(customer.page)
    .nth(1)
    .getByRole("button", { name: /^Mark as read: / })
    .click();
  for (const page of everywhere) await expect(bell(page)).toHaveAccessibleName("Notifications, 2 unread");
  await expect(lines(phone.page).nth(1)).not.toContainText("Unread");
  await expect(lines(phone.page).first()).toContainText("Unread");

  await bell(tab).click();
  await tab.getByRole("button", { name: "Mark all as read" }).click();
  for (const page of everywhere) await expect(bell(page)).toHaveAccessibleName("Notifications");
  await expect(lines(phone.page).filter({ hasText: "Unread" })).toHaveCount(0);
});

test("two tabs and a second browser agree on the order, with one toast each", async ({ people, customer, admin }) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  const tab = await customer.openTab("/orders");
  const phone = await people.arrive(customer.account);
  await phone.open("/profile");
  await admin.account.setStatus(order, "processing");
  await expect(customer.page.getByRole("region", { name: "Order status" })).toContainText("Processing");
  await expect(tab.getByRole("link", { name: `Order #${order.number}` })).toBeVisible();
  await expect(customer.toast("Order status: processing", tab)).toHaveCount(1);
  await expect(phone.toast("Order status: processing")).toHaveCount(1);
});
