// Keyboard-only use, on a desktop and at a phone's width.

import { expect, newCustomer, test } from "../support/test.js";
import { arrowTo, focusWith, press, pressKey, tabTo, type } from "../support/keyboard.js";
import { table, tracking } from "../support/pages.js";

const SIZES = { "on a desk": { width: 1280, height: 800 }, "at a phone's width": { width: 390, height: 844 } };

for (const [where, viewport] of Object.entries(SIZES)) {
  test(`a new customer orders, tracks and cancels with a keyboard alone, ${where}`, async ({ people, server }) => {
    const staff = await server.admin();
    const { page } = await people.visitor({ viewport });
    const button = (name) => page.getByRole("button", { name, exact: true });
    const field = (label) => page.getByLabel(label, { exact: true });

    await page.goto("/");
    await press(page, page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Sign in" }));
    await press(page, page.getByRole("link", { name: "Create an account" }));
    await type(page, field("Name"), "Noor Haddad");
    await type(page, field("Email"), `noor-${viewport.width}-${process.pid}@shop.example`);
    await type(page, field("Password"), "a lantern in the street");
    await pressKey(page, "Enter");

    await press(page, button("Add Paper bags to the cart"));
    await press(page, button("Increase quantity of Paper bags"));
    await press(page, page.getByRole("link", { name: /^Cart\b.* 2 items$/ }));
    await press(page, page.getByRole("link", { name: "Checkout" }));
    await type(page, field("Full name"), "Noor Haddad");
    await type(page, field("Street and house number"), "7 Elbe Street");
    await type(page, field("City"), "Hamburg");
    await press(page, button("Place order"));

    const { summary, timeline } = tracking(page);
    await expect(summary).toContainText("Pending");
    await expect(timeline.first()).toContainText("Order placed");
    const id = new URL(page.url()).pathname.split("/").at(-1);
    await staff.setStatus({ id }, "processing");
    await expect(summary).toContainText("Processing");
    await staff.setStatus({ id }, "pending", { reason: "Begun too early" });
    await expect(summary).toContainText("Pending");

    await press(page, button("Cancel order"));
    const dialog = page.getByRole("dialog", { name: /^Cancel order #/ });
    await type(page, dialog.getByLabel("Reason"), "Not needed any more");
    await press(page, dialog.getByRole("button", { name: "Cancel order" }));
    await expect(dialog).toBeHidden();
    await expect(summary).toContainText("Cancelled by you: “Not needed any more”");
  });

  test(`an admin finds an order, ships it, and marks twenty as delivered with a keyboard alone, ${where}`, async ({
    people,
    server,
  }) => {
    const name = `Tilda Berg ${viewport.width}`;
    const tilda = await newCustomer(server, name);
    const [wanted] = [await tilda.order()];
    const admin = await people.admin({ viewport });
    const { page } = admin;
    const search = page.getByRole("searchbox", { name: "Search orders" });
    await admin.open("/admin");

    await focusWith(page, "/", search);
    await page.keyboard.type(wanted.number);
    await expect(table(page).grid.getByRole("row", { name: `#${wanted.number}` })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(wanted.number));
    await tabTo(page, table(page).row(wanted));
    await pressKey(page, "Enter");
    await expect(page).toHaveURL(`/admin/orders/${wanted.number}`);
    await type(page, page.getByLabel("Tracking number"), "DE-4711");
    await press(page, page.getByRole("button", { name: "More actions" }));
    await arrowTo(page, page.getByRole("menuitem", { name: "Mark as shipped" }));
    await pressKey(page, "Enter");
    await expect(
      admin.toast("Order status updated to shipped. Customer is offline and will see it in their notifications."),
    ).toBeVisible();
    expect(await tilda.show(wanted)).toMatchObject({ status: "shipped", trackingNumber: "DE-4711" });

    const twenty = [];
    while (twenty.length < 20) twenty.push(await tilda.order());
    await press(page, page.getByRole("link", { name: "All orders" }));
    await expect(page).toHaveURL(/\/admin\b/);
    await focusWith(page, "/", search);
    await pressKey(page, "ControlOrMeta+A");
    await page.keyboard.type(name);
    await expect(page.getByText("21 orders", { exact: true })).toBeVisible();
    await tabTo(page, table(page).row(twenty.at(-1)));
    for (let more = 1; more < 20; more += 1) await pressKey(page, "Shift+ArrowDown");
    await expect(page.getByRole("region", { name: "Selected orders" })).toContainText("20 selected");
    await pressKey(page, "s");
    const dialog = page.getByRole("dialog", { name: "Set the status of 20 orders" });
    await expect(dialog).toBeVisible();
    await tabTo(page, dialog.getByRole("radio", { checked: true }));
    const delivered = dialog.getByRole("radio", { name: /^Delivered/ });
    for (let steps = 0; steps < 6 && !(await delivered.isChecked()); steps += 1) await pressKey(page, "ArrowDown");
    await expect(delivered).toBeChecked();
    await pressKey(page, "Enter");
    await expect(page.getByText("20 orders set to delivered")).toBeVisible();
    await press(page, page.getByRole("button", { name: "Done" }));
    const statuses = await Promise.all(twenty.map(async (order) => (await tilda.show(order)).status));
    expect(new Set(statuses)).toEqual(new Set(["delivered"]));
  });
}
