// A control ignores a click within half a second after it changed or came under the pointer.

import { expect, test } from "../support/test.js";
import { bell, lines, table } from "../support/pages.js";
import { messages } from "../support/person.js";

/**
 * Clicks in the middle of `target` as soon as another control is there or the control does something else, like a person who
 * had already decided to click. `key`: presses that key on the target instead.
 */
async function actOnChange(target, key) {
  await target.evaluate((element, key) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const [clientX, clientY] = [left + width / 2, top + height / 2];
    const there = () => document.elementFromPoint(clientX, clientY);
    const meaning = () => {
      const action = there()?.closest("a, button");
      return `${action?.getAttribute("href")} ${action?.closest("[data-base-ui-toast], [data-severity]")?.textContent} ${action?.textContent}`;
    };
    const before = meaning();
    globalThis.acted = new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        if (meaning() === before) return;
        observer.disconnect();
        const options = { bubbles: true, cancelable: true };
        if (key) element.closest("[data-id]").dispatchEvent(new KeyboardEvent("keydown", { key, ...options }));
        else there().dispatchEvent(new MouseEvent("click", { detail: 1, clientX, clientY, ...options }));
        resolve(true);
      }).observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
    });
  }, key);
}

/** Waits until changes on the page no longer count as the answer to the last click. */
const untilIdle = (page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));

const hasActed = (page) => page.evaluate(() => globalThis.acted);

for (const { by, key } of [{ by: "a click" }, { by: "a key", key: "n" }]) {
  test(`the step after the one that was shown is not taken by ${by}`, async ({ server, customer, admin }) => {
    const ben = await server.addStaff("Ben Okafor");
    const order = await customer.account.order();
    await admin.open("/admin");
    const row = table(admin.page).row(order);
    await actOnChange(row.getByRole("button", { name: `Process order ${order.number}` }), key);
    await ben.setStatus(order, "processing");
    expect(await hasActed(admin.page)).toBe(true);
    const step = row.getByRole("button", { name: `Ship order ${order.number}` });
    await expect(step).toBeVisible();
    expect((await ben.show(order)).status).toBe("processing");
    // The control acts again after it has been shown for half a second.
    await expect(async () => {
      await (key ? row.press(key) : step.click());
      await expect(row).toContainText("Shipped", { timeout: 1000 });
    }).toPass();
  });
}

test("a click on an order's page does not take the step after the one that was shown", async ({
  server,
  customer,
  admin,
}) => {
  const ben = await server.addStaff("Ben Okafor");
  const order = await customer.account.order();
  await admin.open(`/admin/orders/${order.number}`);
  await actOnChange(admin.page.getByRole("button", { name: "Start processing" }));
  await ben.setStatus(order, "processing");
  expect(await hasActed(admin.page)).toBe(true);
  const step = admin.page.getByRole("button", { name: "Mark as shipped" });
  await expect(step).toBeVisible();
  expect((await ben.show(order)).status).toBe("processing");
  await expect(async () => {
    await step.click();
    await expect(admin.page.getByText("Shipped", { exact: true }).first()).toBeVisible({ timeout: 1000 });
  }).toPass();
});

const LISTS = [
  {
    name: "the customer's orders",
    path: "/orders",
    link: (page) => page.getByRole("link", { name: /^Order #/ }).first(),
  },
  { name: "the notifications", path: "/notifications", link: (page) => lines(page).first().getByRole("link") },
  {
    name: "the bell",
    path: "/",
    link: async (page) => {
      await bell(page).click();
      return lines(page).first().getByRole("link");
    },
  },
];
for (const { name, path, link } of LISTS) {
  test(`a click does not open what has just slid under the pointer, in ${name}`, async ({ customer, admin }) => {
    const { page } = customer;
    const old = await customer.account.order();
    await admin.account.setStatus(old, "processing");
    await customer.openAndRead(path);
    const top = await link(page);
    await untilIdle(page);
    await actOnChange(top);
    const order = await customer.account.order();
    if (path !== "/orders") await admin.account.setStatus(order, "processing");
    expect(await hasActed(page)).toBe(true);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    const first = path === "/" ? lines(page).first().getByRole("link") : await link(page);
    await expect(first).toContainText(`#${order.number}`);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expect(async () => {
      if (await first.isVisible()) await first.click({ timeout: 1000 });
      await expect(page).toHaveURL(new RegExp(`/orders/${order.id}`), { timeout: 1000 });
    }).toPass();
  });
}

test("a click on a toast does not show the order of the toast that took its place", async ({ customer, admin }) => {
  const { page } = admin;
  await admin.openAndRead("/admin/products");
  const first = await customer.account.order();
  const show = messages(page).filter({ visible: true }).first().getByRole("button", { name: "Show" });
  await expect(messages(page).filter({ hasText: first.number })).toBeVisible();
  await actOnChange(show);
  await customer.account.order();
  expect(await hasActed(page)).toBe(true);
  await expect(messages(page).filter({ visible: true })).toHaveCount(2);
  await expect(page).toHaveURL(/products$/);
});

test("rows hold still while the list could not be read", async ({ customer, admin }) => {
  const { page } = admin;
  admin.monitor.expect(/status of 503/);
  await page.route(/api\/v1\/orders\?/, (route) => route.fulfill({ status: 503 }));
  await admin.open("/admin");
  await expect(page.getByText("The orders could not be loaded")).toBeVisible();
  const order = await customer.account.order();
  const row = table(page).row(order);
  await row.hover();
  const box = await row.boundingBox();
  await customer.account.order();
  await expect(page.getByRole("button", { name: "1 new order" })).toBeVisible();
  expect(await row.boundingBox()).toEqual(box);
});

test("what was asked about one status is not done to another", async ({ server, customer, admin }) => {
  const ben = await server.addStaff("Ben Okafor");
  const order = await customer.account.order();
  const { page } = admin;
  await admin.open(`/admin/orders/${order.number}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Cancel order…" }).click();
  const dialog = page.getByRole("dialog", { name: `Cancel order #${order.number}?` });
  await expect(dialog).toBeVisible();
  for (const status of ["processing", "shipped"]) await ben.setStatus(order, status);
  await expect(page.getByText("Shipped", { exact: true }).first()).toBeVisible();
  admin.monitor.expect(/status of 412/);
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  await expect(admin.toast(`Somebody else changed order #${order.number} first`)).toBeVisible();
  expect((await ben.show(order)).status).toBe("shipped");
});
