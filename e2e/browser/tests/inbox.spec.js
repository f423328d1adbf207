// The bell and what is behind it: rows D5 to D8, D16.

import { expect, test } from "../support/test.js";
import { findBarriers } from "../support/axe.js";
import { bell, lines } from "../support/pages.js";

test("D5 D8 the bell counts, the centre tells how long ago, and a line opens its order", async ({
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
  const centre = customer.page.getByRole("dialog", { name: "Notifications" });
  await expect(lines(customer.page).first()).toContainText(`#${order.number}`);
  await expect(lines(customer.page).first()).toContainText("just now");
  await centre.press("Escape");
  await expect(centre).toBeHidden();

  await bell(customer.page).click();
  await lines(customer.page).first().getByRole("link").click();
  await expect(customer.page).toHaveURL(`/orders/${order.id}`);
  await expect(centre).toBeHidden();
  await expect(bell(customer.page)).toHaveAccessibleName("Notifications, 1 unread");
});

test("D5 beyond ninety-nine the bell's name says what its badge shows", async ({ customer, admin }) => {
  for (let placed = 0; placed < 100; placed += 1) await customer.account.order();
  await admin.open("/admin/dashboard");
  await expect(bell(admin.page)).toHaveAccessibleName("Notifications, 99+ unread");
  expect(await findBarriers(admin.page)).toEqual([]);
});

test("D5 how long ago stays true while the page stays open", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await admin.account.setStatus(order, "processing");
  await customer.page.clock.install();
  await customer.open("/notifications");
  await expect(lines(customer.page).first()).toContainText("just now");
  await customer.page.clock.runFor("05:00");
  await expect(lines(customer.page).first()).toContainText("5 minutes ago");
});

test("D6 the centre shows one category at a time", async ({ customer, admin }) => {
  const [kept, dropped] = [await customer.account.order(), await customer.account.order()];
  await admin.account.setStatus(kept, "paid");
  await admin.account.cancel(dropped, "Sold out");
  await customer.open("/notifications");
  const show = customer.page.getByRole("group", { name: "Show" });
  await expect(lines(customer.page).filter({ hasText: `#${kept.number}` })).not.toHaveCount(0);

  await show.getByRole("button", { name: "Cancelled" }).click();
  await expect(show.getByRole("button", { name: "Cancelled" })).toHaveAttribute("aria-pressed", "true");
  await expect(lines(customer.page)).toHaveCount(1);
  await expect(lines(customer.page)).toContainText(`#${dropped.number}`);

  await show.getByRole("button", { name: "Payments" }).click();
  await expect(lines(customer.page)).toHaveCount(1);
  await expect(lines(customer.page)).toContainText(`#${kept.number}`);

  await show.getByRole("button", { name: "Returns" }).click();
  await expect(customer.page.getByText("Nothing here")).toBeVisible();
});

test("D7 D16 one read, and all read: the second tab and the second browser follow at once", async ({
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

test("D16 D7 two tabs and a second browser agree on the order too, each told once", async ({
  people,
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  const tab = await customer.openTab("/orders");
  const phone = await people.arrive(customer.account);
  await phone.open("/profile");
  await admin.account.setStatus(order, "processing");
  await expect(customer.page.getByRole("region", { name: "Where it stands" })).toContainText("Processing");
  await expect(tab.getByRole("link", { name: `Order #${order.number}` })).toBeVisible();
  await expect(customer.toast("Order status: processing", tab)).toHaveCount(1);
  await expect(phone.toast("Order status: processing")).toHaveCount(1);
});
