// Toasts on every page.

import { expect, test } from "../support/test.js";
import { bell, lines, tracking } from "../support/pages.js";
import { messages } from "../support/person.js";

const CHANGES = [
  { status: "processing", severity: "info", page: "/", line: "Order in preparation" },
  { status: "shipped", severity: "info", page: "/orders", line: "Order shipped" },
  { status: "paid", severity: "success", page: "/profile", line: "Payment received" },
  { status: "delivered", severity: "success", page: "/cart", line: "Order delivered" },
];

test("processing and shipped show blue toasts, paid and delivered green ones, on any page, and all are in the notification center", async ({
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  for (const { status, severity, page } of CHANGES) {
    await customer.openAndRead(page);
    await admin.account.setStatus(order, status);
    await expect(customer.toast(`Order status: ${status}`), page).toHaveAttribute("data-severity", severity);
  }
  await bell(customer.page).click();
  for (const { line } of CHANGES) await expect(lines(customer.page).filter({ hasText: line })).toHaveCount(1);
});

test("a cancellation shows a yellow toast and is in the notification center", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.openAndRead("/notifications");
  await admin.account.cancel(order, "Sold out");
  await expect(customer.toast("Order cancelled")).toHaveAttribute("data-severity", "warning");
  await expect(
    lines(customer.page)
      .filter({ hasText: /cancelled/i })
      .first(),
  ).toContainText(`#${order.number}`);
});

for (const colorScheme of ["light", "dark"]) {
  test(`toast colors are blue, green and yellow, ${colorScheme}`, async ({ people, admin }) => {
    const customer = await people.customer("Mira Holm", { colorScheme });
    const [sent, dropped] = [await customer.account.order(), await customer.account.order()];
    await customer.openAndRead("/orders");
    const colors = {};
    for (const status of ["shipped", "paid", "delivered"]) {
      await admin.account.setStatus(sent, status);
      colors[status] = nameOf(await colorOf(customer.toast(`Order status: ${status}`)));
    }
    await admin.account.cancel(dropped, "Sold out");
    colors.cancelled = nameOf(await colorOf(customer.toast("Order cancelled")));
    expect(colors).toEqual({ shipped: "blue", paid: "green", delivered: "green", cancelled: "yellow" });
  });
}

test("the order's own page shows a green toast", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.openAndRead(`/orders/${order.id}`);
  await admin.account.setStatus(order, "shipped", { trackingNumber: "DE-4711" });
  await expect(customer.toast("Order status updated to: shipped")).toHaveAttribute("data-severity", "success");
  await expect(tracking(customer.page).summary).toContainText("Shipped");
  await expect(customer.page.getByText("DE-4711", { exact: true })).toBeVisible();
});

test("a refusal shows a toast and rolls back the optimistic state", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.openAndRead(`/orders/${order.id}`);
  await customer.page.getByRole("button", { name: "Cancel order" }).click();
  const dialog = customer.page.getByRole("dialog", { name: `Cancel order #${order.number}?` });
  // Staff change the status first: the customer's page has not received it yet.
  customer.monitor.expect(/status of 409/);
  await customer.page.route("**/cancel", async (route) => {
    await admin.account.setStatus(order, "processing");
    await route.continue();
  });
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  await expect(customer.toast("Your order was not cancelled")).toHaveAttribute("data-severity", "error");
  await expect(dialog.getByText("It was not cancelled")).toBeVisible();
  await dialog.getByText("Close", { exact: true }).click();
  await expect(tracking(customer.page).summary).toContainText("Processing");
});

test("toasts name the order, are at most two, and cover no control", async ({ server, customer, admin }) => {
  const ben = await server.addStaff("Ben Okafor");
  const orders = [];
  for (let count = 0; count < 4; count += 1) orders.push(await customer.account.order());
  await admin.open("/admin/dashboard");
  for (const order of orders) await ben.setStatus(order, "shipped");
  await expect(messages(admin.page).filter({ visible: true })).toHaveCount(2);
  for (const message of await messages(admin.page).filter({ visible: true }).all())
    await expect(message).toContainText(/#\d+|more change/);
  const covered = await admin.page.evaluate(() => {
    const toasts = document.querySelector('[aria-label="Messages"]');
    const controls = [...document.querySelectorAll("main a, main button, main select, nav a, header button")];
    return controls
      .filter((control) => {
        const { left, top, width, height } = control.getBoundingClientRect();
        return toasts.contains(document.elementFromPoint(left + width / 2, top + height / 2));
      })
      .map((control) => control.textContent || control.ariaLabel);
  });
  expect(covered).toEqual([]);
});

test("toasts cover no dialog", async ({ customer, admin }) => {
  const { page } = admin;
  await admin.open("/admin/products");
  await page.getByRole("button", { name: "Add product" }).click();
  const dialog = page.getByRole("dialog", { name: "Add product" });
  await expect(dialog).toBeVisible();
  await customer.account.order();
  const newest = await customer.account.order();
  await expect(messages(page).filter({ hasText: newest.number })).toBeVisible();
  const box = await dialog.boundingBox();
  await expect
    .poll(async () => {
      const toasts = await messages(page).filter({ visible: true }).all();
      const boxes = await Promise.all(toasts.map((toast) => toast.boundingBox()));
      return boxes.filter((each) => each && each.x + each.width > box.x && each.x < box.x + box.width).length;
    })
    .toBe(0);
});

test("there is no toast for what the open order's page shows", async ({ server, customer, admin }) => {
  const ben = await server.addStaff("Ben Okafor");
  const [open, other] = [await customer.account.order(), await customer.account.order()];
  await admin.open(`/admin/orders/${open.number}`);
  await ben.setStatus(open, "shipped");
  await ben.setStatus(other, "shipped");
  await expect(admin.toast(`Order #${other.number} status: shipped`)).toHaveCount(1);
  await expect(admin.toast(`Order #${open.number} status: shipped`)).toHaveCount(0);
});

test("the toast of a failure goes when the change is made after all", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await admin.open(`/admin/orders/${order.number}`);
  admin.monitor.expect(/ERR_FAILED/);
  await admin.page.route("**/status", (route) => route.abort());
  const step = admin.page.getByRole("button", { name: "Start processing" });
  await step.click();
  const failure = admin.toast(`Order #${order.number} was not set to processing`);
  await expect(failure).toBeVisible({ timeout: 30_000 });
  await admin.page.unroute("**/status");
  await step.click();
  await expect(admin.toast(/^Order status updated to processing/)).toContainText(`Order #${order.number}`);
  await expect(failure).toHaveCount(0);
});

test("a payment of a delivered order is asked for, and does not claim a change of status", async ({
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  await admin.account.setStatus(order, "shipped");
  await admin.account.setStatus(order, "delivered");
  await admin.open(`/admin/orders/${order.number}`);
  const { page } = admin;
  const choose = async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Record payment…" }).click();
  };
  await choose();
  const dialog = page.getByRole("dialog", { name: `Record the payment of order #${order.number}?` });
  await dialog.getByRole("button", { name: "Not yet" }).click();
  await expect(dialog).toBeHidden();
  expect((await admin.account.show(order)).payment.status).toBe("pending");
  await choose();
  await dialog.getByRole("button", { name: "Record payment" }).click();
  await expect(admin.toast(/^Payment recorded\./)).toContainText(`Order #${order.number}`);
  await expect(admin.toast(/status updated/)).toHaveCount(0);
  expect(await admin.account.show(order)).toMatchObject({ status: "delivered", payment: { status: "paid" } });
});

/** The color of the toast's icon, where the tone is strongest. */
async function colorOf(toast) {
  return toast
    .locator("svg")
    .first()
    .evaluate((mark) => {
      const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      canvas.fillStyle = getComputedStyle(mark).color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    });
}

function nameOf([red, green, blue]) {
  const most = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  const spread = most - least;
  const turn =
    most === red ? (green - blue) / spread : most === green ? 2 + (blue - red) / spread : 4 + (red - green) / spread;
  const hue = (turn * 60 + 360) % 360;
  if (hue >= 20 && hue < 70) return "yellow";
  if (hue >= 90 && hue < 180) return "green";
  if (hue >= 190 && hue < 265) return "blue";
  return `hue ${Math.round(hue)}`;
}
