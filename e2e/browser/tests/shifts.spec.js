// Pages keep their layout while they load: nothing moves under a finger that is about to press.

import { expect, test } from "../support/test.js";
import { table } from "../support/pages.js";

/** The sum of all layout shifts of a page that nobody touched, from 0. */
const LIMIT = 0.02;
const SCREENS = {
  "on a desk": { viewport: { width: 1280, height: 800 } },
  "on a phone": { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};

for (const [where, device] of Object.entries(SCREENS)) {
  for (const count of [0, 2]) {
    test(`profile and orders of a customer with ${count} orders do not move while they load, ${where}`, async ({
      people,
    }) => {
      const customer = await people.customer("Mira Holm", device);
      for (let placed = 0; placed < count; placed += 1) await customer.account.order();
      await watchShifts(customer.page);
      for (const path of ["/profile", "/orders"]) {
        await customer.open(path);
        await expect(customer.page.getByRole("link", { name: /^Order #/ })).toHaveCount(count);
        expect(await shiftsOf(customer.page), path).toEqual([]);
      }
    });
  }

  test(`the console's orders do not move while they load, ${where}`, async ({ people }) => {
    const { page } = await people.admin(device);
    await watchShifts(page);
    await page.goto("/admin");
    await expect(table(page).top).toBeVisible();
    expect(await shiftsOf(page)).toEqual([]);
  });
}

function watchShifts(page) {
  return page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries()) {
        const moved = sources.map(({ node }) => (node?.outerHTML ?? node?.textContent)?.slice(0, 80));
        if (!hadRecentInput) globalThis.shifts.push({ value, moved });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** The shifts until the page is idle, if their sum exceeds the limit. */
async function shiftsOf(page) {
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestIdleCallback(done))));
  const shifts = await page.evaluate(() => globalThis.shifts);
  return shifts.reduce((sum, { value }) => sum + value, 0) < LIMIT ? [] : shifts;
}
