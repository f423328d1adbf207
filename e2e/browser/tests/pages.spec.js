// Every page, in both themes and two widths: no console errors, no policy violations, no requests to other hosts, no
// serious axe violations, no horizontal overflow. Saves a screenshot of each page in `screenshots/`.

import path from "node:path";
import { expect, test } from "../support/test.js";
import { findAccessibilityViolations } from "../support/accessibility.js";
import { fillCart, PAGES, someOrders, visit } from "../support/tour.js";

const PICTURES = path.resolve(import.meta.dirname, "../screenshots");
const THEMES = ["light", "dark"];
const WIDTHS = { 1280: { width: 1280, height: 800 }, 390: { width: 390, height: 844 } };

for (const [who, pages] of Object.entries(PAGES)) {
  for (const theme of THEMES) {
    for (const [width, viewport] of Object.entries(WIDTHS)) {
      test(`what ${who === "admin" ? "an" : "a"} ${who} sees, ${theme}, ${width} pixels wide`, async ({
        people,
        server,
      }) => {
        test.setTimeout(120_000);
        const options = {
          viewport,
          colorScheme: theme,
          reducedMotion: "reduce",
          ...(width === "390" && { hasTouch: true, isMobile: true, deviceScaleFactor: 2 }),
        };
        const customer = who === "customer" ? await people.customer("Mira Holm", options) : undefined;
        const orders = await someOrders(server, customer?.account ?? (await server.asha()));
        const person = customer ?? (who === "admin" ? await people.admin(options) : await people.visitor(options));
        if (customer) await fillCart(person.page);
        const { page } = person;
        for (const [name, entry] of Object.entries(pages)) {
          await visit(person, entry, orders);
          await page.screenshot({
            path: path.join(PICTURES, `${name}-${theme}-${width}.png`),
            fullPage: !entry.last,
            animations: "disabled",
          });
          expect.soft(await findAccessibilityViolations(page), `${name}: accessibility violations`).toEqual([]);
          expect.soft(await overflowOf(page), `${name}: wider than the window by`).toBeLessThanOrEqual(0);
        }
      });
    }
  }
}

function overflowOf(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
