// The customer's page of one order follows its changes.

import { expect, test } from "../support/test.js";
import { card, tracking } from "../support/pages.js";

test("the progress bar, its percentage and the history follow every step, with who did it", async ({
  customer,
  admin,
}) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  const { summary, progress, timeline } = tracking(customer.page);
  await expect(progress).toHaveAttribute("value", "10");
  await expect(summary).toContainText("10%");
  await expect(timeline).toHaveCount(1);
  await expect(timeline.first()).toContainText("Order placed");
  await expect(timeline.first()).toContainText("You");

  const steps = [
    { status: "processing", percent: 40, title: "Processing" },
    { status: "shipped", percent: 70, title: "Shipped" },
    { status: "paid", percent: 70, title: "Paid" },
    { status: "delivered", percent: 100, title: "Delivered" },
  ];
  for (const [at, { status, percent, title }] of steps.entries()) {
    await admin.account.setStatus(order, status);
    await expect(summary).toContainText(title);
    await expect(progress).toHaveAttribute("value", String(percent));
    await expect(summary).toContainText(`${percent}%`);
    await expect(timeline).toHaveCount(at + 2);
    await expect(timeline.first()).toContainText(title);
    await expect(timeline.first()).toContainText("The store");
    await expect(timeline.first()).toContainText("just now");
  }
});

test("each status has its own icon and color", async ({ customer, admin }) => {
  const looks = new Set();
  await customer.open("/orders");
  for (const status of ["pending", "processing", "shipped", "paid", "delivered", "cancelled"]) {
    const order = await customer.account.order();
    if (status === "cancelled") await customer.account.cancel(order, "Not wanted");
    else if (status !== "pending") await admin.account.setStatus(order, status);
    const badge = card(customer.page, order)
      .getByText(new RegExp(`^${status}$`, "i"))
      .first();
    await expect(badge).toBeVisible();
    looks.add(
      await badge.evaluate(
        (node) => `${getComputedStyle(node).backgroundColor} ${node.querySelector("svg").innerHTML}`,
      ),
    );
  }
  expect(looks.size).toBe(6);
});

test("tracking number, expected time, partner and location update live", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await customer.open(`/orders/${order.id}`);
  const { summary, timeline } = tracking(customer.page);
  await expect(customer.page.getByRole("heading", { name: "1 item" })).toBeVisible();
  await expect(customer.page.getByText("Paper bags")).toBeVisible();

  const tomorrow = new Date(Date.now() + 24 * 3600 * 1000);
  tomorrow.setUTCHours(15, 30, 0, 0);
  await admin.account.setStatus(order, "shipped", {
    trackingNumber: "DE-0815",
    estimatedDelivery: tomorrow.toISOString(),
  });
  await expect(summary).toContainText("Tomorrow by 15:30");
  await expect(customer.page.getByText("DE-0815", { exact: true })).toBeVisible();

  const partner = { name: "Lena Brandt", phone: "+49 40 1234567" };
  await admin.account.call("PUT", "/api/orders/tracking", {
    orderId: order.id,
    deliveryPartner: partner,
    location: { latitude: 53.55, longitude: 9.99 },
  });
  await expect(customer.page.getByText("Lena Brandt", { exact: true })).toBeVisible();
  await expect(customer.page.getByRole("link", { name: "Call Lena Brandt, +49 40 1234567" })).toHaveAttribute(
    "href",
    "tel:+49401234567",
  );
  const map = customer.page.getByRole("application", { name: "Map: where your order is" });
  await expect(map).toBeVisible();
  await expect(customer.page.getByText("Location updated just now")).toBeVisible();
  await expect(timeline.filter({ hasText: "Lena Brandt" })).not.toHaveCount(0);
});

test("times are relative and absolute, in the store's zone, which a page elsewhere names", async ({
  people,
  admin,
}) => {
  const customer = await people.customer("Mira Holm", {
    timezoneId: "Asia/Kolkata",
    viewport: { width: 390, height: 844 },
  });
  const order = await customer.account.order();
  await admin.account.setStatus(order, "processing");
  await customer.open(`/orders/${order.id}`);
  const { summary, timeline } = tracking(customer.page);
  await expect(timeline.first()).toContainText(/just now, \d\d:\d\d UTC/);
  await expect(summary).toContainText(/just now, \d\d:\d\d UTC/);
  await expect(customer.page.getByText(/^\d+ \w+ \d{4}, \d\d:\d\d UTC$/)).toBeVisible();
  await expect(customer.page.getByRole("contentinfo")).toContainText("All times: UTC");
});

test("the history is still there after a reload", async ({ customer, admin }) => {
  const order = await customer.account.order();
  await admin.account.setStatus(order, "processing");
  await admin.account.setStatus(order, "shipped");
  await customer.open(`/orders/${order.id}`);
  await expect(tracking(customer.page).timeline).toHaveCount(3);
  await customer.page.reload();
  await expect(tracking(customer.page).timeline).toHaveCount(3);
  await expect(tracking(customer.page).timeline.first()).toContainText("Shipped");
});

test("the profile's figures and recent orders update live", async ({ customer, admin }) => {
  await customer.open("/profile");
  const number = (label) => customer.page.locator("dl > div").filter({ hasText: label }).locator("dd");
  await expect(number("Total orders")).toHaveText("0");
  const order = await customer.account.order();
  await expect(number("Total orders")).toHaveText("1");
  await expect(number("Active")).toHaveText("1");
  await expect(customer.page.getByRole("link", { name: `Order #${order.number}` })).toBeVisible();
  await admin.account.setStatus(order, "delivered");
  await expect(number("Active")).toHaveText("0");
  await expect(number("Delivered")).toHaveText("1");
});
