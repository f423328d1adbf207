// The staff console.

import { expect, test } from "../support/test.js";
import { card, table, tile } from "../support/pages.js";

test("setting one status for many orders shows each outcome and notifies every customer", async ({
  people,
  customer,
  admin,
}) => {
  const other = await people.customer("Jonas Weber");
  const [one, two, gone] = [
    await customer.account.order(),
    await other.account.order(),
    await customer.account.order(),
  ];
  await customer.account.cancel(gone, "Not wanted");
  await customer.open("/orders");
  await other.open("/orders");
  await admin.open("/admin");
  for (const order of [one, two, gone]) await table(admin.page).row(order).getByRole("checkbox").click();
  await expect(admin.page.getByRole("region", { name: "Selected orders" })).toContainText("3 selected");
  await admin.page.getByRole("button", { name: "Set status…" }).click();

  const dialog = admin.page.getByRole("dialog");
  await dialog.getByRole("radio", { name: /^Shipped/ }).check();
  await dialog.getByRole("button", { name: "Set 2 orders to shipped" }).click();
  await expect(dialog.getByText("2 orders set to shipped")).toBeVisible();
  await expect(dialog.getByText("Their customers were notified in real time.")).toBeVisible();
  await expect(dialog.getByText("1 order was not changed")).toBeVisible();
  await expect(dialog.getByRole("link", { name: `#${gone.number}` })).toBeVisible();

  await expect(customer.toast("Order status: shipped")).toBeVisible();
  await expect(other.toast("Order status: shipped")).toBeVisible();
  await expect(card(customer.page, one)).toContainText("Shipped");
  await expect(card(other.page, two)).toContainText("Shipped");
  await dialog.getByRole("button", { name: "Done, keep refused orders selected" }).click();
  await expect(table(admin.page).row(one)).toContainText("Shipped");
  await expect(table(admin.page).row(two)).toContainText("Shipped");
  await expect(table(admin.page).row(gone).getByRole("checkbox")).toBeChecked();
  await expect(table(admin.page).row(one).getByRole("checkbox")).not.toBeChecked();
});

test("after an update staff see that the customer was notified live", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.open("/orders");
  await admin.open(`/admin/orders/${order.number}`);
  await admin.page.getByLabel("Tracking number").fill("DE-4711");
  await admin.page.getByRole("button", { name: "More actions" }).click();
  await admin.page.getByRole("menuitem", { name: "Mark as shipped" }).click();
  await expect(admin.toast("Order status updated to shipped. Customer will be notified in real-time!")).toHaveAttribute(
    "data-severity",
    "success",
  );
  await expect(customer.toast("Order status: shipped")).toBeVisible();
});

test("staff see that an offline customer will find the update in their notifications", async ({
  people,
  customer,
  admin,
}) => {
  const away = (await people.customer("Ines Duarte")).account;
  const order = await away.order();
  await admin.open("/admin");
  await table(admin.page)
    .row(order)
    .getByRole("button", { name: `Process order ${order.number}` })
    .click();
  await expect(
    admin.toast("Order status updated to processing. Customer is offline and will see it in their notifications."),
  ).toHaveAttribute("data-severity", "info");
  await expect(customer.toast("Order status: processing")).toHaveCount(0);
});

test("a prepaid order that was moved back from shipped to pending is offered processing next", async ({
  customer,
  admin,
}) => {
  const order = await customer.account.order({ paymentMethod: "online" });
  await customer.account.call("POST", `/api/v1/orders/${order.id}/test-payment`, { outcome: "paid" });
  await admin.account.setStatus(order, "shipped");
  await admin.open(`/admin/orders/${order.number}`);
  await expect(admin.page.getByRole("button", { name: "Mark as delivered" })).toBeVisible();
  await admin.account.setStatus(order, "pending", { reason: "Scanned by mistake" });
  await expect(admin.page.getByRole("button", { name: "Start processing" })).toBeVisible();
  await admin.page.getByRole("link", { name: "All orders" }).click();
  await expect(
    table(admin.page)
      .row(order)
      .getByRole("button", { name: `Process order ${order.number}` }),
  ).toBeVisible();
});

test("the badge counts new orders until the table is opened", async ({ customer, admin }) => {
  await admin.open("/admin");
  const nav = admin.page.getByRole("navigation", { name: "Console" });
  await nav.getByRole("link", { name: "Dashboard" }).click();
  await expect(admin.page.getByRole("heading", { name: "Dashboard" })).toBeVisible();
  await customer.account.order();
  await expect(nav.getByRole("link", { name: "Orders, 1 new" })).toBeVisible();
  await customer.account.order();
  await nav.getByRole("link", { name: "Orders, 2 new" }).click();
  await expect(nav.getByRole("link", { name: "Orders", exact: true })).toBeVisible();
});

test("a new order plays a chime unless muted, and the setting is kept", async ({ customer, admin }) => {
  // Headless browsers play no sound, so count the notes that start.
  await admin.context.addInitScript(() => {
    const start = OscillatorNode.prototype.start;
    globalThis.notes = 0;
    OscillatorNode.prototype.start = function (...when) {
      globalThis.notes += 1;
      return start.apply(this, when);
    };
  });
  const notes = () => admin.page.evaluate(() => globalThis.notes);
  await admin.open("/admin");
  const sound = admin.page.getByRole("button", { name: "Sound for new orders" });
  await expect(sound).toHaveAttribute("aria-pressed", "true");
  await table(admin.page).grid.press("Escape");
  const first = await customer.account.order();
  await expect(table(admin.page).row(first)).toBeVisible();
  await expect.poll(notes).toBeGreaterThan(0);

  await sound.click();
  await expect(sound).toHaveAttribute("aria-pressed", "false");
  await admin.page.reload();
  await expect(admin.indicator).toHaveAccessibleName("Live Updates: Live");
  await expect(sound).toHaveAttribute("aria-pressed", "false");
  await table(admin.page).grid.press("Escape");
  const second = await customer.account.order();
  await expect(table(admin.page).row(second)).toBeVisible();
  await expect(admin.toast(`New order #${second.number} from Mira Holm!`)).toBeVisible();
  expect(await notes()).toBe(0);
});

test("the dashboard's tiles follow new and changed orders", async ({ customer, admin }) => {
  await admin.open("/admin/dashboard");
  const waiting = tile(admin.page, "To process");
  await expect(waiting).toContainText(/\d/);
  const before = Number(/\d+/.exec(await waiting.textContent())[0]);
  const order = await customer.account.order();
  await expect(waiting).toContainText(String(before + 1));
  await admin.account.setStatus(order, "processing");
  await expect(waiting).toContainText(new RegExp(`\\b${before}$|process${before}\\b`));
});

test("two staff members viewing one order see each other", async ({ people, server, customer, admin }) => {
  const order = await customer.account.order();
  const ben = await people.arrive(await server.addStaff("Ben Okafor"));
  await admin.open(`/admin/orders/${order.number}`);
  await ben.open(`/admin/orders/${order.number}`);
  await expect(admin.page.getByText("Ben Okafor is also viewing this order")).toBeVisible();
  await expect(ben.page.getByText(/is also viewing this order/)).toBeVisible();
  await ben.page.goto("/admin");
  await expect(admin.page.getByText("Ben Okafor is also viewing this order")).toBeHidden();
});

test("two people change the tracking number: both versions are shown and neither is lost", async ({
  people,
  server,
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  const ben = await people.arrive(await server.addStaff("Ben Okafor"));
  await admin.open(`/admin/orders/${order.number}`);
  await ben.open(`/admin/orders/${order.number}`);
  const field = (person) => person.page.getByRole("textbox", { name: "Tracking number" });
  await field(admin).fill("MINE-1");
  await admin.page.getByLabel("Internal note").fill("Ring the bell twice");
  await field(ben).fill("THEIRS-2");
  await ben.page.getByRole("button", { name: "Save" }).click();
  await expect(ben.page.getByRole("region", { name: "Unsaved changes" })).toBeHidden();

  const conflict = admin.page.getByRole("alert", { name: "Conflicting changes" });
  await expect(conflict).toContainText("Ben Okafor changed this order while you were editing");
  await expect(conflict.getByRole("radio", { name: "Tracking number, theirs: THEIRS-2" })).toBeVisible();
  await expect(conflict.getByRole("radio", { name: "Tracking number, yours: MINE-1" })).toBeChecked();
  await expect(field(admin)).toHaveValue("MINE-1");
  expect((await admin.account.show(order)).trackingNumber).toBe("THEIRS-2");

  await conflict.getByRole("radio", { name: /theirs: THEIRS-2/ }).check();
  await conflict.getByRole("button", { name: "Save", exact: true }).click();
  await expect(conflict).toBeHidden();
  await expect(field(admin)).toHaveValue("THEIRS-2");
  await expect(admin.page.getByRole("list", { name: "Order history, newest first" })).toContainText(
    "Ring the bell twice",
  );
  expect((await admin.account.show(order)).trackingNumber).toBe("THEIRS-2");
});

test("a status change does not overwrite another person's earlier change", async ({
  people,
  server,
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  const ben = await server.addStaff("Ben Okafor");
  await admin.open(`/admin/orders/${order.number}`);
  admin.monitor.expect(/status of (409|412)/);
  // Ben changes the status first: the admin's page has not received it when the button is pressed.
  await admin.page.route("**/status", async (route) => {
    await ben.setStatus(order, "shipped");
    await route.continue();
  });
  await admin.page.getByRole("button", { name: "Start processing" }).click();
  const conflict = admin.page.getByRole("alert", { name: "Conflicting changes" });
  await expect(conflict).toContainText("Ben Okafor changed this order");
  await expect(conflict).toContainText("Shipped");
  await expect(conflict).toContainText("Processing");
  await conflict.getByRole("button", { name: "Use theirs" }).click();
  await expect(conflict).toBeHidden();
  expect((await admin.account.show(order)).status).toBe("shipped");
});

test("the order table opens at /admin/orders, too", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await admin.open("/admin/orders");
  await expect(table(admin.page).row(order)).toBeVisible();
  await expect(admin.page).toHaveURL(/\/admin$/);
});

test("the row of a new order shows its city at once, without reading the order", async ({ customer, admin }) => {
  await admin.page.route(/\/api\/v1\/orders\/[^?]+$/, (route) => route.abort());
  await admin.open("/admin");
  const order = await customer.account.order();
  await expect(table(admin.page).row(order)).toContainText("Pune");
});

test("beside a search or a period the statuses have no counts", async ({ admin }) => {
  const { page } = admin;
  await admin.open("/admin");
  const pending = page.getByRole("group", { name: "Status" }).getByRole("button", { name: /^Pending/ });
  await expect(pending).toHaveText(/^Pending\d+$/);
  await page.getByRole("searchbox", { name: "Search orders" }).fill("Asha");
  await expect(page).toHaveURL(/q=Asha/);
  await expect(pending).toHaveText("Pending");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(pending).toHaveText(/^Pending\d+$/);
  await page.getByRole("combobox", { name: "Placed" }).selectOption("today");
  await expect(pending).toHaveText("Pending");
});

test("a bulk change starts with no status that moves an order back", async ({ customer, admin }) => {
  const [waiting, delivered] = [await customer.account.order(), await customer.account.order()];
  await admin.account.setStatus(delivered, "delivered");
  await admin.open("/admin");
  for (const order of [waiting, delivered]) await table(admin.page).row(order).getByRole("checkbox").click();
  await admin.page.getByRole("button", { name: "Set status…" }).click();
  const choices = admin.page.getByRole("dialog").getByRole("radio");
  await expect(choices.and(admin.page.locator(":checked"))).toHaveCount(0);
  await expect(choices.first()).not.toHaveAccessibleName(/moved back/);
});
