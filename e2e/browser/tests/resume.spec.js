// The server is killed and restarted while pages are open.

import { expect, test } from "../support/test.js";
import { startServer } from "../../support/server.js";
import { startNetwork } from "../../support/network.js";
import { messages } from "../support/person.js";
import { card, table, tracking } from "../support/pages.js";

test("after the server is killed and restarted, pages show the connection loss, reconnect, and show what they missed once", async ({
  people,
}) => {
  const server = await startServer();
  // A proxy in front of the server: it blocks the pages while the server is back and orders change.
  const network = await startNetwork(server.port);
  try {
    await missAndCatchUp(people, server, network);
  } finally {
    network.remove();
    await server.remove();
  }
});

async function missAndCatchUp(people, server, network) {
  const account = await server.asha();
  const staff = await server.admin();
  const order = await account.order();
  const { number } = order;
  const customer = await people.arrive(account, {}, network);
  const list = await people.arrive(account, {}, network);
  const admin = await people.arrive(staff, {}, network);
  // The browser logs every request to the stopped server.
  for (const person of [customer, list, admin])
    person.monitor.expect(/ERR_|WebSocket connection to|Failed to load resource/);
  await customer.open(`/orders/${order.id}`);
  await list.open("/orders");
  await admin.open("/admin");
  await expect(table(admin.page).top).toContainText(`#${number}`);
  await customer.page.getByRole("button", { name: "Connection: Live" }).click();
  const monitor = customer.page.getByRole("dialog", { name: "Live connection" });
  await expect(monitor).toContainText("Last update");

  network.stall();
  await server.kill();
  network.cut();
  for (const { indicator, liveState } of [customer, admin]) {
    await expect(liveState).toHaveAttribute("data-state", /connecting|offline/);
    await expect(indicator).toHaveAccessibleName(/Reconnecting|Offline/);
  }
  await expect(monitor).toContainText(/Reconnect attempts/);
  await expect(monitor).not.toContainText("Last errorNone");

  await server.start();
  const [customerAgain, staffAgain] = await Promise.all([server.asha(), server.admin()]);
  await staffAgain.setStatus(order, "processing");
  await staffAgain.setStatus(order, "shipped");
  const missed = [await customerAgain.order(), await customerAgain.order()];
  network.flow();

  for (const { liveState } of [customer, list, admin])
    await expect(liveState).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  // Each order is reported once with its current status. Hovering a toast keeps it open.
  const shipped = messages(list.page).filter({ hasText: "Order status: shipped" });
  const placed = messages(admin.page).filter({ hasText: `New order #${missed[1].number}` });
  await expect(shipped).toHaveCount(1);
  await shipped.hover();
  await expect(placed).toHaveCount(1);
  await placed.hover();
  await expect(tracking(customer.page).summary).toContainText("Shipped");
  await expect(tracking(customer.page).timeline).toHaveCount(3);
  await expect(card(list.page, order)).toContainText("Shipped");
  for (const each of missed) {
    await expect(card(list.page, each)).toHaveCount(1);
    await expect(table(admin.page).row(each)).toHaveCount(1);
  }
  await expect(table(admin.page).top).toContainText(`#${missed[1].number}`);
  await expect(table(admin.page).row(order)).toContainText("Shipped");

  // This event comes after everything that was missed, so any duplicate would have arrived by now.
  await staffAgain.setStatus(missed[0], "processing");
  await expect(list.toast("Order status: processing")).toHaveCount(1);
  await expect(table(admin.page).row(missed[0])).toContainText("Processing");
  await expect(shipped).toHaveCount(1);
  await expect(placed).toHaveCount(1);
  await expect(tracking(customer.page).timeline).toHaveCount(3);
}
