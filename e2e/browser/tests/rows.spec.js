// The rows of the order table hold still while somebody points at them.

import { expect, test } from "../support/test.js";
import { table } from "../support/pages.js";

test("under a resting pointer no row moves: new orders are counted, and shown when the pointer leaves", async ({
  customer,
  admin,
}) => {
  const { page } = admin;
  const first = await customer.account.order();
  await admin.open("/admin");
  const step = table(page)
    .row(first)
    .getByRole("button", { name: `Process order ${first.number}` });
  await step.hover();
  const box = await step.boundingBox();
  const [second, third] = [await customer.account.order(), await customer.account.order()];
  await expect(page.getByRole("button", { name: "2 new orders" })).toBeVisible();
  expect(await step.boundingBox()).toEqual(box);
  await page.mouse.down();
  await page.mouse.up();
  await expect(table(page).row(first)).toContainText("Processing");
  expect((await admin.account.show(second)).status).toBe("pending");
  expect((await admin.account.show(third)).status).toBe("pending");
  await page.getByRole("button", { name: "2 new orders" }).click();
  await expect(table(page).top).toContainText(`#${third.number}`);
  await expect(table(page).row(second)).toBeVisible();

  await table(page).row(third).hover();
  const fourth = await customer.account.order();
  await expect(page.getByRole("button", { name: "1 new order" })).toBeVisible();
  // A row that was clicked has the focus, which holds the rows too.
  await page.getByRole("heading", { name: "Orders" }).click();
  await expect(table(page).top).toContainText(`#${fourth.number}`);
});

test("while a row has the focus no row moves", async ({ customer, admin }) => {
  const { page } = admin;
  const first = await customer.account.order();
  await admin.open("/admin");
  await table(page).row(first).focus();
  await customer.account.order();
  await expect(page.getByRole("button", { name: "1 new order" })).toBeVisible();
  await expect(table(page).top).toContainText(`#${first.number}`);
  await page.keyboard.press("n");
  await expect(table(page).row(first)).toContainText("Processing");
});

test("a row that stopped matching stays under the pointer", async ({ customer, admin }) => {
  const { page } = admin;
  const [below, above] = [await customer.account.order(), await customer.account.order()];
  await admin.open("/admin?status=pending");
  await table(page).row(below).hover();
  const box = await table(page).row(below).boundingBox();
  // "loaded", if there are more of them than one page has.
  const [count] = /\d+/.exec(await page.getByText(/^\d+ orders( loaded)?$/).textContent());
  await admin.account.setStatus(above, "processing");
  await expect(table(page).row(above)).toContainText("Processing");
  // The list has dropped the row, as its count says: only the pointer keeps it.
  await expect(page.getByText(new RegExp(`^${Number(count) - 1} orders( loaded)?$`))).toBeVisible();
  expect(await table(page).row(below).boundingBox()).toEqual(box);
  await page.getByRole("heading", { name: "Orders" }).hover();
  await expect(table(page).row(above)).toHaveCount(0);
});

test("a click right after a shift does nothing", async ({ customer, admin }) => {
  const { page } = admin;
  await customer.account.order();
  await admin.open("/admin");
  await expect(table(page).top).toBeVisible();
  // As a finger that was on its way: the click comes with the shift itself.
  await page.evaluate(() => {
    const rows = document.querySelector('[role="grid"] [role="rowgroup"]:last-child');
    const first = () => rows.querySelector('[aria-rowindex="2"]');
    const before = first().dataset.id;
    globalThis.clicked = new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        const row = first();
        const button = row?.querySelector('[data-part="step"]');
        if (!button || row.dataset.id === before) return;
        observer.disconnect();
        for (const part of [button, row.querySelector('[data-part="select"]'), row])
          part.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
        resolve(true);
      }).observe(rows, { childList: true, subtree: true, attributes: true });
    });
  });
  const order = await customer.account.order();
  expect(await page.evaluate(() => globalThis.clicked)).toBe(true);
  await expect(table(page).row(order)).toBeVisible();
  await expect(page).toHaveURL(/\/admin$/);
  await expect(table(page).row(order).getByRole("checkbox")).not.toBeChecked();
  expect((await admin.account.show(order)).status).toBe("pending");
  await expect(async () => {
    await table(page).row(order).getByRole("button", { name: "Process order" }).click();
    await expect(table(page).row(order)).toContainText("Processing", { timeout: 1000 });
  }).toPass();
});

test("the server sorts the table, and a new order comes where the sort puts it", async ({ customer, admin }) => {
  const { page } = admin;
  await customer.account.order();
  const sorts = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === "/api/v1/orders" && searchParams.has("sort")) sorts.push(searchParams.get("sort"));
  });
  const numbers = async () => {
    const texts = await table(page).grid.getByRole("rowheader").allTextContents();
    return texts.map((text) => Number(text.slice(1)));
  };
  await admin.open("/admin?status=pending&sort=oldest");
  await expect(table(page).top).toBeVisible();
  expect(sorts).toContain("oldest");
  const [first, second] = await numbers();
  expect(first).toBeLessThan(second);
  const order = await customer.account.order();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await expect(table(page).row(order)).toBeVisible();
  expect((await numbers()).at(-1)).toBe(Number(order.number));
});
