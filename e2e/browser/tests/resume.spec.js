// The server is killed while pages are open, and comes back: rows D13, A10, A11, X4, X6, E7.

import { expect, test } from "../support/test.js";
import { startServer } from "../../support/server.js";
import { startNetwork } from "../../support/network.js";
import { messages } from "../support/person.js";
import { card, table, tracking } from "../support/pages.js";

test("D13 A10 A11 X4 the server is killed and started again: the page says so, comes back by itself, and shows what it missed, once", async ({
  people,
}) => {
  const server = await startServer();
  // The way in which the pages come: it holds them back while the server is up again and things happen that they miss.
  const way = await startNetwork(server.port);
  try {
    await missAndCatchUp(people, server, way);
  } finally {
    way.remove();
    await server.remove();
  }
});

async function missAndCatchUp(people, server, way) {
  const account = await server.asha();
  const staff = await server.admin();
  const order = await account.order();
  const { number } = order;
  const customer = await people.arrive(account, {}, way);
  const list = await people.arrive(account, {}, way);
  const admin = await people.arrive(staff, {}, way);
  // A browser logs each attempt at a server that is not there.
  for (const person of [customer, list, admin])
    person.watch.expect(/ERR_|WebSocket connection to|Failed to load resource/);
  await customer.open(`/orders/${order.id}`);
  await list.open("/orders");
  await admin.open("/admin");
  await expect(table(admin.page).top).toContainText(`#${number}`);
  await customer.page.getByRole("button", { name: "Connection: Live" }).click();
  const monitor = customer.page.getByRole("dialog", { name: "Live connection" });
  await expect(monitor).toContainText("Live since");

  way.stall();
  await server.kill();
  way.cut();
  for (const { indicator } of [customer, admin]) {
    await expect(indicator).toHaveAttribute("data-liveness", /waiting|lost/);
    await expect(indicator).toHaveAccessibleName(/Reconnecting|Offline/);
  }
  await expect(monitor).toContainText(/Attempts to reconnect/);
  await expect(monitor).not.toContainText("Last errorNone");

  await server.start();
  const [customerAgain, staffAgain] = await Promise.all([server.asha(), server.admin()]);
  await staffAgain.setStatus(order, "processing");
  await staffAgain.setStatus(order, "shipped");
  const missed = [await customerAgain.order(), await customerAgain.order()];
  way.flow();

  for (const { indicator } of [customer, list, admin])
    await expect(indicator).toHaveAttribute("data-liveness", "live", { timeout: 20_000 });
  // Each is told once where it stands now. Somebody who points at the messages keeps them.
  const shipped = messages(list.page).filter({ hasText: "Order status: shipped" });
  const placed = messages(admin.page).filter({ hasText: `New order #${missed[1].number}` });
  await expect(shipped).toHaveCount(1);
  await shipped.hover();
  await expect(placed).toHaveCount(1);
  await placed.hover();
  await expect(tracking(customer.page).stand).toContainText("Shipped");
  await expect(tracking(customer.page).timeline).toHaveCount(3);
  await expect(card(list.page, order)).toContainText("Shipped");
  for (const each of missed) {
    await expect(card(list.page, each)).toHaveCount(1);
    await expect(table(admin.page).row(each)).toHaveCount(1);
  }
  await expect(table(admin.page).top).toContainText(`#${missed[1].number}`);
  await expect(table(admin.page).row(order)).toContainText("Shipped");

  // What happens now comes after all that was missed: whatever was told twice would have been told by now.
  await staffAgain.setStatus(missed[0], "processing");
  await expect(list.toast("Order status: processing")).toHaveCount(1);
  await expect(table(admin.page).row(missed[0])).toContainText("Processing");
  await expect(shipped).toHaveCount(1);
  await expect(placed).toHaveCount(1);
  await expect(tracking(customer.page).timeline).toHaveCount(3);
}
