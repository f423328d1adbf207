// Measures the time from one user's action to another user seeing it, with both pages open, 30 times each.

import { expect } from "@playwright/test";
import { Person } from "../support/person.js";
import { card, table } from "../support/pages.js";
import { fillCheckout } from "../support/shopping.js";
import { summarize } from "./figures.js";

const TIMES = 30;

export async function measureLatency(browser, server) {
  const customer = await Person.arrive(browser, server, await server.asha());
  const admin = await Person.arrive(browser, server, await server.admin());
  for (const { context } of [customer, admin]) await context.addInitScript(stopwatch);
  await admin.open("/admin");
  console.log(`Place order, click to row in the admin's table: ${await placed(customer.page, admin.page)}`);

  const order = await customer.account.order();
  const list = await customer.context.newPage();
  await customer.open("/orders", list);
  await expect(card(list, order)).toBeVisible();
  console.log(`Status, click to the customer's open page:      ${await changed(customer, list, admin)}`);
  for (const { context } of [customer, admin]) await context.close();
}

async function placed(page, admin) {
  const waits = [];
  while (waits.length < TIMES) {
    await fillCheckout(page);
    const before = await table(admin).top.getByRole("rowheader").textContent();
    await admin.evaluate(
      (before) =>
        globalThis.seen(() => {
          const now = document.querySelector('[role="row"][aria-rowindex="2"] [role="rowheader"]')?.textContent;
          return now !== undefined && now !== before;
        }),
      before,
    );
    await page.evaluate(() => globalThis.pressed("Place order"));
    await page.getByRole("button", { name: "Place order" }).click();
    await page.waitForURL(/\/orders\/[^/]+$/);
    waits.push((await admin.evaluate(() => globalThis.seenAt)) - (await page.evaluate(() => globalThis.pressedAt)));
  }
  return summarize(waits);
}

async function changed(customer, list, admin) {
  const waits = [];
  while (waits.length < TIMES) {
    const order = await customer.account.order();
    await expect(card(list, order)).toContainText("Pending");
    const button = table(admin.page)
      .row(order)
      .getByRole("button", { name: `Process order ${order.number}` });
    await expect(button).toBeVisible();
    await list.evaluate(
      (number) =>
        globalThis.seen(() =>
          [...document.querySelectorAll("li")].some(
            (line) => line.textContent.includes(`#${number}`) && line.textContent.includes("Processing"),
          ),
        ),
      order.number,
    );
    await admin.page.evaluate(() => globalThis.pressed("Process"));
    await button.click();
    waits.push(
      (await list.evaluate(() => globalThis.seenAt)) - (await admin.page.evaluate(() => globalThis.pressedAt)),
    );
  }
  return summarize(waits);
}

/**
 * Runs in the page: `seenAt` resolves to when a condition held and was painted, `pressedAt` to when a button was
 * pressed. All pages share one clock.
 */
function stopwatch() {
  const now = (at = performance.now()) => performance.timeOrigin + at;
  globalThis.seen = (isThere) => {
    globalThis.seenAt = new Promise((resolve) => {
      const check = () => {
        if (!isThere()) return;
        changes.disconnect();
        // The first frame starts with the change; by the second it is painted.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(now())));
      };
      const changes = new MutationObserver(check);
      changes.observe(document.documentElement, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
    });
  };
  globalThis.pressed = (label) => {
    globalThis.pressedAt = new Promise((resolve) => {
      const note = (event) => {
        if (!event.target.closest?.("button")?.textContent.includes(label)) return;
        removeEventListener("click", note, true);
        resolve(now(event.timeStamp));
      };
      addEventListener("click", note, true);
    });
  };
}
