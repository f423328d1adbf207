// `/real-time-test` in two windows.

import { expect, test } from "../support/test.js";

test("track an order in one window, change it in the other, and see the events arrive", async ({ customer, admin }) => {
  const order = await customer.account.order();
  const connected = customer.page.waitForEvent("websocket");
  await open(customer);
  const socket = await connected;
  await open(admin);
  await track(customer, order);
  await expect(card(customer, "Track an order")).toContainText("Joined");
  await expect(card(customer, "Simulate an admin update")).toContainText("Only staff can change a status.");

  await track(admin, order);
  await card(admin, "Simulate an admin update").getByLabel("New status").selectOption("processing");
  await card(admin, "Simulate an admin update").getByRole("button", { name: "Send update" }).click();
  await expect(
    admin.toast("Order status updated to processing. Customer will be notified in real-time!"),
  ).toBeVisible();

  await expect(card(customer, "Track an order")).toContainText("Processing");
  // Joining is answered with the current status and raises no event; changes follow.
  await expect(arrived(customer, "order-status-updated", "pending")).toHaveCount(0);
  await expect(arrived(customer, "order-status-updated", "processing")).toHaveCount(1);
  const line = arrived(customer, "order-status-updated", "processing");
  await line.locator("summary").click();
  await expect(line.getByLabel("Payload of order-status-updated")).toContainText(`"orderId": "${order.number}"`);
  expect((await customer.account.show(order)).status).toBe("processing");

  // The client leaves a room after a delay, because a page that re-renders joins again. Wait for the server's
  // acknowledgement.
  const left = socket.waitForEvent("framereceived", ({ payload }) => /^43\d+\[\{"ok":true\}\]$/.test(String(payload)));
  await card(customer, "Track an order").getByRole("button", { name: "Stop tracking" }).click();
  await left;
  await expect(card(customer, "Track an order")).toContainText("No order is tracked.");
  await card(admin, "Simulate an admin update").getByLabel("New status").selectOption("shipped");
  await card(admin, "Simulate an admin update").getByRole("button", { name: "Send update" }).click();
  await expect(admin.toast("Order status updated to shipped. Customer will be notified in real-time!")).toBeVisible();
  // The customer still receives the order's events.
  await expect(arrived(customer, "order:updated", "shipped")).toHaveCount(1);
});

test("joining twice delivers once, and somebody else's order cannot be joined", async ({ people, customer, admin }) => {
  const order = await customer.account.order();
  await open(customer);
  await track(customer, order);
  await expect(card(customer, "Track an order")).toContainText("Joined");
  // The same order, by its ID instead of its number.
  await card(customer, "Track an order").getByLabel("Order").fill(order.id);
  await card(customer, "Track an order").getByRole("button", { name: "Start tracking" }).click();
  await expect(card(customer, "Track an order")).toContainText("Joined");
  await admin.account.setStatus(order, "shipped");
  await expect(card(customer, "Track an order")).toContainText("Shipped");
  await expect(arrived(customer, "order-status-updated", "shipped")).toHaveCount(1);

  const other = await people.customer("Jonas Weber");
  other.monitor.expect(/status of 404/);
  await open(other);
  await track(other, order);
  await expect(card(other, "Track an order")).toContainText(`Order ${order.number} not found`);
  await expect(card(other, "Track an order")).toContainText("It does not exist, or you don’t have access.");
});

test("the connection's state follows disconnecting and connecting", async ({ customer }) => {
  await open(customer);
  const connection = card(customer, "Connection");
  await connection.getByRole("button", { name: "Disconnect" }).click();
  await expect(connection).toContainText("Paused");
  await connection.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(connection.getByRole("button", { name: "Disconnect" })).toBeVisible();
  await expect(connection).toContainText("Socket.IO");
});

async function open(person) {
  await person.page.goto("/real-time-test");
  await expect(card(person, "Connection").getByRole("button", { name: "Disconnect" })).toBeVisible();
}

async function track(person, order) {
  await card(person, "Track an order").getByLabel("Order").fill(order.number);
  await card(person, "Track an order").getByRole("button", { name: "Start tracking" }).click();
}

function card({ page }, title) {
  return page.getByRole("region", { name: title });
}

/** The log entries of an event with a status. */
function arrived({ page }, name, status) {
  return page
    .getByRole("log", { name: "Events, newest first" })
    .getByRole("listitem")
    .filter({ has: page.locator("summary code").getByText(name, { exact: true }) })
    .filter({ has: page.locator("summary").getByText(new RegExp(`· ${status}$`)) });
}
